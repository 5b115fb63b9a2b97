import Foundation
import HTTPClient
import HTTPMessages
import Testing

/// Who is trusted, and who we say we are: against a TLS server with certificates made for the test.
@Suite(.serialized)
struct TrustTests {
    @Test func whoIsNotKnownIsNotTrusted() async throws {
        try await withTLSServer { server in
            let failed = await failure { () throws(HTTPFailure) in
                try await CurlTransport().send(HTTPRequest("POST", server.url))
            }
            #expect(failed?.reason == .untrusted)
            #expect(failed?.reached == .never)
        }
    }

    @Test func givenAuthoritiesAreTrusted() async throws {
        try await withTLSServer { server in
            let bytes = try Array(Data(contentsOf: server.certificate))
            for options in [
                CurlOptions(caFile: server.certificate.path), CurlOptions(authorities: bytes),
                CurlOptions(insecure: true),
            ] {
                let answer = try await CurlTransport(options: options).send(
                    HTTPRequest("GET", server.url))
                #expect(answer.status == 200)
            }
        }
    }

    /// A trusted certificate for another address is somebody else's.
    @Test func theNameMustFit() async throws {
        try await withTLSServer(named: "127.0.0.9") { server in
            let transport = CurlTransport(options: CurlOptions(caFile: server.certificate.path))
            let failed = await failure { () throws(HTTPFailure) in
                try await transport.send(HTTPRequest("GET", server.url))
            }
            #expect(failed?.reason == .untrusted)
        }
    }

    /// The same of bare connections.
    @Test func talksTrustAsRequestsDo() async throws {
        try await withTLSServer { server in
            let port = Int(server.url.split { !$0.isNumber }.last ?? "") ?? 0
            let talk = TCPTalk(
                "127.0.0.1", port: port, isSecure: true, say: Array("GET / HTTP/1.0\r\n\r\n".utf8),
                hear: Array("HTTP/1.0 200".utf8))
            let failed: HTTPFailure?
            do throws(HTTPFailure) {
                _ = try await CurlTalker().hold(talk)
                failed = nil
            } catch {
                failed = error
            }
            #expect(failed?.reason == .untrusted)
            #expect(failed?.reached == .never)
            let known = CurlTalker(options: CurlOptions(caFile: server.certificate.path))
            let heard = try await known.hold(talk)
            #expect(String(decoding: heard, as: UTF8.self).contains("200"))
        }
    }

    @Test func aClientCertificateIsShown() async throws {
        try await withTLSServer(asking: true) { server in
            let trust = CurlOptions(caFile: server.certificate.path)
            let failed = await failure { () throws(HTTPFailure) in
                try await CurlTransport(options: trust).send(HTTPRequest("GET", server.url))
            }
            #expect(failed != nil)
            var known = trust
            known.identity = try CurlIdentity(
                certificate: Array(Data(contentsOf: server.certificate)),
                key: Array(Data(contentsOf: server.key)))
            let answer = try await CurlTransport(options: known).send(
                HTTPRequest("GET", server.url))
            #expect(answer.status == 200)
            #expect(!"\(known)".contains("[45, 45"))
        }
    }
}

private let openssl = "/usr/bin/openssl"

private struct TLSServer {
    let url: String
    let certificate: URL
    let key: URL
}

/// Runs `openssl s_server` on loopback around `work`.
///
/// `asking`: who shows no certificate is refused.
private func withTLSServer(
    named name: String = "127.0.0.1", asking: Bool = false,
    _ work: (TLSServer) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let certificate = folder.appending(path: "certificate.pem")
    let key = folder.appending(path: "key.pem")
    let maker = Process()
    maker.executableURL = URL(filePath: openssl)
    maker.arguments = [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-subj", "/CN=test", "-addext", "subjectAltName=IP:\(name)", "-days", "2",
        "-keyout", key.path, "-out", certificate.path,
    ]
    maker.standardError = FileHandle.nullDevice
    try maker.run()
    maker.waitUntilExit()
    try #require(maker.terminationStatus == 0)

    let server = Process()
    let output = Pipe()
    server.executableURL = URL(filePath: openssl)
    server.arguments =
        [
            "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate.path, "-key",
            key.path,
            "-CAfile", certificate.path,
        ] + (asking ? ["-Verify", "1", "-verify_return_error"] : [])
    server.standardOutput = output
    server.standardError = FileHandle.nullDevice
    try server.run()
    defer {
        // TERM may be blocked in it, as it is in the thread that started it.
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
    }
    // "ACCEPT 127.0.0.1:34567": it listens.
    var said = ""
    while !said.contains("ACCEPT") || !said.hasSuffix("\n") {
        let more = output.fileHandleForReading.availableData
        try #require(!more.isEmpty)
        said += String(decoding: more, as: UTF8.self)
    }
    let port = try #require(said.split(separator: ":").last.map { $0.trimming() })
    try await work(
        TLSServer(url: "https://127.0.0.1:\(port)/", certificate: certificate, key: key))
}

extension Substring {
    fileprivate func trimming() -> String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
