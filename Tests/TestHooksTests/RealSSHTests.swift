import CanaryEngine
import Foundation
import HTTPMessages
import Processes
import Testing

@testable import TestHooks

/// With the system's own ssh, and an sshd on loopback for the time of one test.
@Suite(.enabled(if: SSHServer.isThere, "there is no sshd: scripts/real-parts gathers it"))
struct RealSSHTests {
    private func run(
        _ server: SSHServer, _ command: String, knownHosts: String = "known", key: String = "id"
    ) async -> TestReport {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let probe = tests.deletingLastPathComponent().appending(path: "guard-probe").path
        return await TestRunner(
            transport: SilentGateway(), spawner: GuardedSpawner(executable: probe),
            time: StandingClock(),
            environment: [
                .init(name: "PATH", value: "/usr/bin:/bin"), .init(name: "HOME", value: "/"),
            ]
        ).run(
            TestSpec(
                "box",
                .ssh(
                    .init(
                        "127.0.0.1", command, user: NSUserName(), port: server.port,
                        identity: server.path(key), knownHosts: server.path(knownHosts)))),
            call: TestCall("box", timeout: .seconds(60)), context: context)
    }

    @Test func runsACommandThere() async throws {
        let server = try SSHServer()
        let good = await run(server, "read -r line; case $line in *v2*) echo it is v2;; esac")
        #expect(good.sentence == "it is v2")
        #expect(good.passed)
        let bad = await run(server, "echo no; exit 3")
        #expect(bad.sentence == "exit 3: no")
        // A key of the host that nobody told us is no reason to ask, and none to go on.
        let stranger = await run(server, "true", knownHosts: "nobody")
        #expect(!stranger.passed)
        #expect(stranger.sentence == "ssh 127.0.0.1: Host key verification failed.")
        let locked = await run(server, "true", key: "other")
        #expect(!locked.passed)
        #expect(locked.sentence.hasPrefix("ssh 127.0.0.1: "))
        #expect(locked.sentence.contains("Permission denied"))
    }
}

/// An sshd that lets one key in, at a free port of loopback.
final class SSHServer {
    /// The machine's own, or the one that `scripts/real-parts` unpacks.
    static var program: String? {
        let surroundings = ProcessInfo.processInfo.environment
        let cache = surroundings["XDG_CACHE_HOME"] ?? (surroundings["HOME"] ?? "") + "/.cache"
        return ["/usr/sbin/sshd", "\(cache)/theseus/real-parts/bin/sshd"]
            .first(where: FileManager.default.isExecutableFile)
    }

    static var isThere: Bool {
        program != nil
            && ["/usr/bin/ssh-keygen", "/usr/bin/ssh"]
                .allSatisfy(FileManager.default.isExecutableFile)
    }

    let port: Int
    private let folder: String
    private let process = Process()

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    init() throws {
        folder = NSTemporaryDirectory() + "sshd-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        // sshd keeps its children in an empty folder there.
        try? FileManager.default.createDirectory(
            atPath: "/run/sshd", withIntermediateDirectories: false)
        port = Int.random(in: 20_000...50_000)
        for name in ["host", "id", "other"] {
            try Self.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path(name))
        }
        let host = try String(contentsOfFile: path("host.pub"), encoding: .utf8)
        try "[127.0.0.1]:\(port) \(host)".write(
            toFile: path("known"), atomically: true, encoding: .utf8)
        try "".write(toFile: path("nobody"), atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(atPath: path("id.pub"), toPath: path("keys"))
        let settings = """
            ListenAddress 127.0.0.1:\(port)
            HostKey \(path("host"))
            AuthorizedKeysFile \(path("keys"))
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            StrictModes no
            UsePAM no
            PidFile none
            PermitRootLogin prohibit-password

            """
        try settings.write(toFile: path("config"), atomically: true, encoding: .utf8)
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", try inItsOwnWorld(), "sh", try #require(Self.program)]
        process.arguments? += ["-D", "-e", "-f", path("config")]
        let words = Pipe()
        process.standardError = words
        try process.run()
        // Its first words are that it listens.
        try #require(!words.fileHandleForReading.availableData.isEmpty)
        try #require(process.isRunning)
    }

    /// Begun by root it wants a user of its own, which is there where it was installed: else it is
    /// shown a list of users that has one.
    private func inItsOwnWorld() throws -> String {
        let users = try String(contentsOfFile: "/etc/passwd", encoding: .utf8)
        if getuid() != 0 || users.contains("\nsshd:") { return #"exec "$@""# }
        try (users + "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n").write(
            toFile: path("passwd"), atomically: true, encoding: .utf8)
        let shown = #"mount --bind "$0" /etc/passwd && exec "$@""#
        return #"exec unshare --mount sh -c '\#(shown)' \#(path("passwd")) "$@""#
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func run(_ words: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
