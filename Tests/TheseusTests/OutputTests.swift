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
            let facts = try ending.output.split(separator: "\n")
                .map { try JSONReader.tree(of: Array($0.utf8)) }
            #expect(facts.map { $0["sequence"]?.whole } == (1...facts.count).map { $0 })
            let keys = ["run", "sequence", "epoch", "date", "actor", "kind", "fact", "weight"]
            for fact in facts { #expect(fact.members?.map(\.key) == keys) }
            #expect(facts.last?["weight"] == 100)
            let shown = try await lab.run("show", "r1", "--output", "json")
            #expect(shown.output == ending.output)
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
