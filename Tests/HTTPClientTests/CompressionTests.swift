import Foundation
import HTTPClient
import HTTPMessages
import HTTPServer
import Testing

/// Compressed answers: taken apart by libcurl, and bounded by what they become.
@Suite struct CompressionTests {
    /// `text` repeated, as gzip writes it.
    private func compressed(_ count: Int) throws -> [UInt8] {
        let tool = Process()
        let output = Pipe()
        tool.executableURL = URL(filePath: "/bin/sh")
        tool.arguments = ["-c", "head -c \(count) /dev/zero | gzip -9"]
        tool.standardOutput = output
        try tool.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        tool.waitUntilExit()
        try #require(tool.terminationStatus == 0 && !bytes.isEmpty)
        return Array(bytes)
    }

    @Test func gzipIsAskedForAndUnpacked() async throws {
        let packed = try compressed(100_000)
        #expect(packed.count < 1000)
        try await serving { request in
            #expect(request.headers["accept-encoding"] == "gzip")
            return HTTPResponse(
                status: 200, headers: ["Content-Encoding": "gzip"], body: .bytes(packed))
        } _: { url in
            let answer = try await CurlTransport().send(HTTPRequest("GET", url))
            #expect(answer.body.bytes?.count == 100_000)
        }
    }

    /// A few kilobytes that become more than anybody wants.
    @Test func theBoundIsOnWhatItBecomes() async throws {
        let packed = try compressed(64 << 20)
        #expect(packed.count < 1 << 20)
        try await serving { _ in
            HTTPResponse(
                status: 200, headers: ["Content-Encoding": "gzip"], body: .bytes(packed))
        } _: { url in
            let transport = CurlTransport(options: CurlOptions(bodyLimit: 1 << 20))
            let failed = await failure { () throws(HTTPFailure) in
                try await transport.send(HTTPRequest("GET", url))
            }
            #expect(failed?.reason == .tooLarge)
        }
    }
}
