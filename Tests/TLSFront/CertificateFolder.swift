import Foundation
import Testing

/// An authority of one test, what it signs, and their keys: PEM files in a folder that is gone after it.
package final class CertificateFolder: Sendable {
    package let folder: String

    package init() throws {
        folder = NSTemporaryDirectory() + "certificates-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try make("authority", ["-subj", "/CN=authority"])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    package func path(_ name: String) -> String { "\(folder)/\(name)" }

    package func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path(name))))
    }

    package func base64(_ name: String) throws -> String {
        try Data(contentsOf: URL(filePath: path(name))).base64EncodedString()
    }

    /// Signs a certificate for a server of that name or address: `NAME.pem`, `NAME.key`.
    package func server(_ file: String = "server", named name: String = "IP:127.0.0.1") throws {
        try make(file, ["-subj", "/CN=\(file)", "-addext", "subjectAltName=\(name)"] + signed)
    }

    /// Signs one for a person.
    package func person(_ name: String) throws {
        try make(
            name,
            ["-subj", "/O=crew/CN=\(name)", "-addext", "extendedKeyUsage=clientAuth"] + signed)
    }

    private var signed: [String] {
        ["-CA", path("authority.pem"), "-CAkey", path("authority.key")]
    }

    private func make(_ file: String, _ words: [String]) throws {
        let maker = Process()
        maker.executableURL = URL(filePath: "/usr/bin/env")
        maker.arguments =
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout",
                path("\(file).key"), "-out", path("\(file).pem"),
            ] + words
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        try #require(maker.terminationStatus == 0)
    }
}
