import Foundation
import JSONTree
import Testing

/// How a run is told: to people, to programs, and to nobody.
@Suite struct OutputTests {
    @Test func oneObjectForEachFact() async throws {
        try await ServedLab.serving(speed: 200) { lab in
            let flow = try ShortFlow(lab).write()
            let ending = try await lab.run("deploy", flow, "--run-id", "r1", "--output", "json")
            #expect(ending.code == 0, "\(ending)")
            var facts = try ending.output.split(separator: "\n")
                .map { try JSONReader.tree(of: Array($0.utf8)) }
            #expect(facts.popLast() == Self.end("promoted"))
            #expect(facts.map { $0["sequence"]?.whole } == (1...facts.count).map { $0 })
            let keys = ["run", "sequence", "epoch", "date", "actor", "kind", "fact", "weight"]
            for fact in facts { #expect(fact.members?.map(\.key) == keys) }
            #expect(facts.last?["weight"] == 100)
            let shown = try await lab.run("show", "r1", "--output", "json")
            #expect(ending.output.hasPrefix(shown.output))
        }
    }

    /// As the last line has it, to the last key.
    private static func end(
        _ end: String, run: JSONTree = "r1", exit: Int = 0, reason: String = "", next: String = ""
    ) -> JSONTree {
        [
            "run": run, "end": .string(end), "exitCode": .integer(exit),
            "reason": .string(reason), "next": .string(next),
        ]
    }

    /// However a run or a command ends, the last line says so.
    @Test func theLastLineTellsTheEnd() async throws {
        try await ServedLab.serving(speed: 200) { lab in
            func last(_ words: String...) async throws -> JSONTree? {
                let ending = try await Program.run(
                    lab.words(words + ["--output", "json"]), in: lab.folder.path)
                let line = try #require(ending.output.split(separator: "\n").last)
                let tree = try JSONReader.tree(of: Array(line.utf8))
                #expect(tree["exitCode"]?.whole == ending.code, "\(ending)")
                return tree
            }
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            flow.steps[4] = "pause: 20h"
            let path = try flow.write()
            let run = try lab.start(
                "deploy", path, "--run-id", "r1", "--on-interrupt", "stop", "--output", "json")
            try await run.line { $0.contains("\"weight\":50") }
            #expect(
                try await last("deploy", path, "--run-id", "r2")
                    == Self.end(
                        "held", run: "r2", exit: 5,
                        reason: "run: run r1 holds this target"))
            run.signal(15)
            let stopped = await run.end()
            let line = try #require(stopped.output.split(separator: "\n").last)
            #expect(
                try JSONReader.tree(of: Array(line.utf8))
                    == Self.end("interrupted", exit: 6, next: "theseus resume r1"))
            let aborted = try #require(try await last("abort", "r1"))
            let reason = aborted["reason"]?.text ?? ""
            #expect(reason.hasPrefix("aborted by mia@"))
            #expect(aborted == Self.end("rolled-back", reason: reason))
            #expect(
                try await last("abort", "r1")
                    == Self.end(
                        "refused", exit: 3, reason: "the run is over", next: "theseus show r1"))
            #expect(
                try await last("resume", "nobody")
                    == Self.end(
                        "refused", run: .null, exit: 3,
                        reason: "run: no such run"))
            #expect(
                try await last("delete", path)
                    == Self.end(
                        "removed", run: .null,
                        reason: "nothing of this version is in demo/demo-app"))
        }
    }

    /// `theseus deploy … | head -1`: the reader goes, the run goes on.
    @Test func aRunOutlivesItsReader() async throws {
        try await ServedLab.serving(speed: 200) { lab in
            let flow = try ShortFlow(lab).write()
            let pipe = ["/bin/bash", "-c", "set -o pipefail; \"$0\" \"$@\" | head -1"]
            let ending = try await lab.run("deploy", flow, "--run-id", "r1", through: pipe)
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.output.split(separator: "\n").count == 1)
            #expect(ending.output.hasPrefix("run r1 of "))
            let history = try await lab.run("history")
            #expect(history.output.contains("  promoted  "))
        }
    }

    /// A reader who reads nothing (a terminal held by Ctrl-S) holds up nothing.
    @Test func aRunDoesNotWaitForItsReader() async throws {
        try await ServedLab.serving(speed: 200) { lab in
            let fifo = try Lifeline(lab.folder.file("stdout"))
            let flow = try ShortFlow(lab).write()
            let deaf = ["/bin/bash", "-c", "exec \"$0\" \"$@\" 3<>'\(fifo.path)' >&3"]
            let ending = try await fifo.filled {
                try await lab.run("deploy", flow, "--run-id", "r1", through: deaf)
            }
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.output == "")
        }
    }

    /// Colours are for people who look on, and not for those who do not want them.
    @Test(arguments: [([], true), (["--no-color"], false)] as [([String], Bool)])
    func coloursOnATerminal(options: [String], areShown: Bool) async throws {
        let folder = try Folder()
        for name in ["bad.yaml", "demo-app-v3.yaml"] { try folder.demo(name) }
        let words = ["deploy", "bad.yaml", "--cluster", "lab"] + options
        let terminal = ["/bin/sh", "-c", "exec script -qec \"$0 $*\" /dev/null"]
        let ending = try await Program.run(words, through: terminal, in: folder.path)
        #expect(ending.output.contains("\u{1B}[31m") == areShown)
        #expect(ending.output.contains("FAILS"))
        let piped = try await Program.run(words, in: folder.path)
        #expect(!piped.output.contains("\u{1B}"))
        #expect(piped.code == 1)
    }

    @Test func everyCommandThatIsNamedIsThere() async throws {
        let top = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try await Program.run(["help"]).output
        let files = FileManager.default.enumerator(atPath: top.appending(path: "Sources").path)
        var seen = 0
        for case let path as String in files ?? .init() where path.hasSuffix(".swift") {
            let text = try String(
                contentsOf: top.appending(path: "Sources/\(path)"), encoding: .utf8)
            for part in text.components(separatedBy: "`theseus ").dropFirst() {
                let word = part.prefix { $0.isLetter }
                guard !word.isEmpty else { continue }
                seen += 1
                let isThere = page.contains("\n  \(word) ") || word == "guard"
                #expect(isThere, "\(path) names `theseus \(word)`")
            }
        }
        #expect(seen > 15)
    }
}
