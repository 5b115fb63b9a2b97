import Foundation
import HTTPMessages
import HTTPServer
import JSONTree
import Synchronization
import Testing

/// One run with a secret wherever a flow may have one, remembered in the cluster: every object that was
/// ever stored, every argument list, every output and every page is searched.
@Suite struct PlantedTests {
    /// Writes down what every process of the machine was called with, and then shows its secret.
    private static let nosy = """
        #!/bin/sh
        for process in /proc/[0-9]*; do
            tr '\\0' ' ' < "$process/cmdline" 2> /dev/null && echo
        done >> arguments
        echo "shown: $TOKEN" >&2
        echo "$TOKEN"

        """

    /// The search finds what is there, in whatever place of a block.
    @Test(arguments: 0..<3) func theSearchFinds(_ shift: Int) {
        let text = String(repeating: "x", count: shift) + Planted.token + "y"
        #expect(Planted.holds(text, Planted.token))
        #expect(Planted.holds(Data(text.utf8).base64EncodedString(), Planted.token))
        #expect(!Planted.holds(text, Planted.password))
    }

    @Test func aSecretIsNowhere() async throws {
        let parrot = Parrot()
        let server = try LoopbackServer { parrot.answer($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.serve() }
            defer { server.stop() }
            try await ServedLab.serving { lab in
                let flow = try Self.write(lab, "http://127.0.0.1:\(server.port)")
                try await Self.run(flow, lab)
                #expect(parrot.heard == [true, true], "who was shown a secret")
                try await Self.searchTheWorld(lab)
                try Self.searchArguments(lab)
                try await Self.searchPages(flow, lab)
            }
        }
    }

    private static func write(_ lab: ServedLab, _ address: String) throws -> String {
        try lab.folder.write(Planted.password + "\n", to: "password")
        for name in ["token", "look"] {
            let program = try lab.folder.write(nosy, to: name)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700], ofItemAtPath: program)
        }
        var flow = ShortFlow(lab)
        flow.more =
            "  sources: {other: {graphite: {address: \"\(address)\","
            + " auth: {bearer: {command: [./token]}}}}}\n"
        flow.tests = """
                look: {command: [./look, \(Planted.harmless)], env: [TOKEN], timeout: 10m}
                tell:
                  webhook:
                    url: "\(address)/hook"
                    signature: {env: PASSWORD}
                    bearer: {file: password}
                  requests: none

            """
        flow.gates += """
                other:
                  source: other
                  query: q
                  max: 1
                  minimumSamples: 1
                  every: 2s
                  watchOnly: true

            """
        flow.steps = [
            "backup", "deploy: {deadline: 5m}", "route", "test: look", "test: tell",
            "weight: 50",
            "bake: {for: 20s, maxFor: 10m, gates: [errors, other], tests: [look]}", "weight: 100",
            "retire",
        ]
        return try flow.write()
    }

    private static func say(_ words: [String], _ lab: ServedLab) async throws -> Program.Ending {
        let ending = try await Program.run(
            lab.words(words + ["--journal", "cluster"]),
            environment: ["TOKEN": Planted.token, "PASSWORD": Planted.password],
            in: lab.folder.path)
        let all = ending.output + ending.complaint
        Planted.expectNothing(in: all, words.joined(separator: " "))
        return ending
    }

    private static func run(_ flow: String, _ lab: ServedLab) async throws {
        let plan = try await say(["plan", flow, "--out", lab.folder.file("plan.json")], lab)
        #expect(plan.code == 0, "\(plan)")
        let deploy = try await say(["deploy", flow, "--run-id", "r1", "--output", "json"], lab)
        #expect(deploy.code == 0, "\(deploy)")
        #expect(deploy.output.contains("***"), "what the test showed is masked")
    }

    /// Every version of every object that was ever stored, the journal's among them.
    private static func searchTheWorld(_ lab: ServedLab) async throws {
        let history = try await lab.history()
        #expect(history.count { $0["kind"] == "ConfigMap" } > 10, "the journal is there")
        var isFound = false
        for version in history {
            let text = JSONWriter.text(of: version)
            Planted.expectNothing(
                in: text, "\(version["kind"]?.text ?? "") \(version["name"]?.text ?? "")")
            isFound = isFound || Planted.holds(text, Planted.harmless)
        }
        #expect(isFound, "the journal has the flow, and the search finds it")
    }

    private static func searchArguments(_ lab: ServedLab) throws {
        let arguments = try lab.folder.read("arguments")
        for word in ["theseus deploy ", "/token ", "/look \(Planted.harmless) "] {
            let isThere = arguments.contains(word)
            #expect(isThere, "\(word) was looked at while it ran")
        }
        Planted.expectNothing(in: arguments, "the argument lists")
    }

    private static func searchPages(_ flow: String, _ lab: ServedLab) async throws {
        for words in [
            ["show", "r1"], ["show", "r1", "--output", "json"], ["show", "r1", "--measurements"],
            ["show", "r1", "--measurements", "--output", "json"], ["history"],
            ["history", "--output", "json"], ["status", "demo-app"], ["verify"],
        ] {
            let told = try await say(words, lab)
            #expect(told.code == 0 && !told.output.isEmpty, "\(words): \(told)")
        }
        let page = try await say(
            [
                "rehearse", flow, "--without-cluster", "--html", lab.folder.file("page.html"),
                "--output", "json",
            ], lab)
        #expect([0, 1].contains(page.code), "\(page)")
        for file in ["page.html", "plan.json"] {
            let text = try lab.folder.read(file)
            #expect(text.count > 1000)
            Planted.expectNothing(in: text, file)
        }
        let kept = try lab.folder.read("plan.json")
        #expect(Planted.holds(kept, Planted.harmless))
    }
}

/// A source of metrics and a webhook that repeat what they were shown.
private final class Parrot: Sendable {
    private let state = Mutex([false, false])

    /// Whether the source, and the webhook, were shown a secret.
    var heard: [Bool] { state.withLock { $0 } }

    func answer(_ request: HTTPServerRequest) -> HTTPResponse {
        let told = request.headers.lines.map { "\($0.name): \($0.value)" }
            .joined(separator: ", ").replacing("\"", with: "'")
        let isHook = request.method == "POST"
        // Before the run, the source is as it should be.
        let wasToldToday = state.withLock { state -> Bool in
            let place = isHook ? 1 : 0
            if told.contains("planted") { state[place] = true }
            return state[1]
        }
        if isHook { return HTTPResponse(status: 200, body: .text("{\"sentence\": \"\(told)\"}")) }
        return wasToldToday
            ? HTTPResponse(status: 500, body: .text(told))
            : HTTPResponse(status: 200, body: .text("[]"))
    }
}
