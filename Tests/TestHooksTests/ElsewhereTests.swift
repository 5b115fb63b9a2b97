import CanaryEngine
import Foundation
import HTTPMessages
import JSONTree
import Processes
import Testing

@testable import TestHooks

/// Tests that speak no HTTP.
@Suite struct ElsewhereTests {
    /// Answers as it is told.
    private struct ToldSockets: TCPTransport {
        var answer: Result<[UInt8], HTTPFailure>

        func hold(_ talk: TCPTalk) async throws(HTTPFailure) -> [UInt8] {
            let heard = try answer.get()
            guard talk.isDone(heard) else { throw .plain(.reset) }
            return heard
        }
    }

    private func talk(_ talk: TestSpec.Talk, _ sockets: (any TCPTransport)?) async -> TestReport {
        let doors = TestDoors(
            transport: SilentGateway(), spawner: ToldSpawner(), time: StandingClock(),
            sockets: sockets)
        return await TestRunner(doors).run(
            TestSpec("queue", .tcp(talk)), call: TestCall("queue"), context: context)
    }

    @Test func connects() async {
        let report = await talk(.init("mq", port: 5672), ToldSockets(answer: .success([])))
        #expect(report.passed)
        #expect(report.sentence == "tcp mq:5672: connected")
    }

    @Test func hears() async {
        let sockets = ToldSockets(answer: .success(Array("220 ready\r\n".utf8)))
        let report = await talk(.init("mq", port: 25, isSecure: true, hear: "220 "), sockets)
        #expect(report.sentence == "tls mq:25: heard what was expected")
        #expect(report.measures.last == .init("bytes", 11))
        let other = await talk(.init("mq", port: 25, hear: "221"), sockets)
        #expect(!other.passed)
        #expect(other.sentence == "tcp mq:25: the connection broke")
    }

    @Test func saysWhatIsWrong() async {
        let refused = HTTPFailure(.refused, reached: .never, place: "tcp mq:1")
        let report = await talk(.init("mq", port: 1), ToldSockets(answer: .failure(refused)))
        #expect(report.sentence == "tcp mq:1: nobody listens there")
        #expect(report.traffic == .none)
        let nowhere = await talk(.init("mq", port: 1), nil)
        #expect(nowhere.sentence == "this test cannot be run here: a bare connection")
    }

    // MARK: ssh

    private func ssh(_ ssh: TestSpec.SSH, _ spawner: any ProcessSpawner, path: String = "/bin")
        async -> TestReport
    {
        await TestRunner(
            transport: SilentGateway(), spawner: spawner, time: StandingClock(),
            environment: [
                .init(name: "PATH", value: path), .init(name: "SSH_AUTH_SOCK", value: "/agent"),
            ]
        ).run(TestSpec("box", .ssh(ssh)), call: TestCall("box"), context: context)
    }

    @Test func givesSSHNothingToAsk() async throws {
        let spawner = ToldSpawner(exit: .code(0), "fine")
        let report = await ssh(
            .init(
                "box.example.com", "check --all", user: "qa", port: 2222, identity: "/k/id",
                knownHosts: "/k/known", environment: ["SSH_AUTH_SOCK"]), spawner)
        #expect(report.passed)
        let job = try #require(spawner.jobs.first)
        #expect(job.arguments.first == "ssh")
        #expect(job.arguments.suffix(3) == ["--", "box.example.com", "check --all"])
        for option in [
            "BatchMode=yes", "StrictHostKeyChecking=yes", "IdentityFile=/k/id",
            "UserKnownHostsFile=/k/known", "ForwardAgent=no",
        ] {
            #expect(job.arguments.contains(option))
        }
        #expect(job.environment.contains { $0.name == "SSH_AUTH_SOCK" })
    }

    @Test func tellsSSHsOwnFailuresFromTheCommands() async {
        let lost = await ssh(
            .init("box", "x"), ToldSpawner(exit: .code(255), "Host key verification failed."))
        #expect(lost.sentence == "ssh box: Host key verification failed.")
        let bad = await ssh(.init("box", "x"), ToldSpawner(exit: .code(3), "not there"))
        #expect(bad.sentence == "exit 3: not there")
    }

    @Test(arguments: ["-oProxyCommand=x", "", "a b", "a;b", "$(x)", "a/b"])
    func knowsNames(_ text: String) { #expect(!TestSpec.SSH.isName(text)) }

    /// Through a real guard, with a program that stands in for ssh.
    @Test func runsWhatIsCalledSSH() async throws {
        let folder = NSTemporaryDirectory() + "ssh-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script =
            "#!/bin/sh\nread -r context\nfor last; do :; done\necho \"$last\"\n"
            + "case $context in *'\"candidate\":\"v2\"'*) exit 0;; esac\nexit 9\n"
        try Data(script.utf8).write(to: URL(filePath: "\(folder)/ssh"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: "\(folder)/ssh")
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let probe = tests.deletingLastPathComponent().appending(path: "guard-probe").path
        let report = await ssh(
            .init("box", "say hello"), GuardedSpawner(executable: probe),
            path: "\(folder):/usr/bin:/bin")
        #expect(report.sentence == "say hello")
        #expect(report.passed)
    }
}
