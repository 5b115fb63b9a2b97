import Foundation
import Testing

/// A name server that hangs delays its own requests, and no others.
@Suite struct LookUpTests {
    /// Only root may make a network of one's own; nothing leaves it.
    @Test(.enabled(if: geteuid() == 0, "only root may have name servers of its own"))
    func aHangingLookUpHoldsNothingUp() async throws {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let probe = tests.deletingLastPathComponent().appending(path: "look-up-probe").path
        let servers = FileManager.default.temporaryDirectory.appending(
            path: "resolv-\(UUID().uuidString)")
        try Data("nameserver 127.0.0.1\noptions timeout:30 attempts:3\n".utf8).write(to: servers)
        defer { try? FileManager.default.removeItem(at: servers) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = [
            "--mount", "--net", "/bin/sh", "-c",
            """
            ip link set lo up && mount --bind '\(servers.path)' /etc/resolv.conf && exec '\(probe)'
            """,
        ]
        process.standardOutput = output
        try process.run()
        let text = try #require(try output.fileHandleForReading.readToEnd())
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(
            String(decoding: text, as: UTF8.self) == """
                unanswered: timedOut never in time
                closed: cancelled never in time
                asked: true

                """)
    }
}
