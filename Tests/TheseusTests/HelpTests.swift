import Golden
import Testing

/// What `theseus help` says, to the letter.
@Suite struct HelpTests {
    static let pages = [
        "", "plan", "rehearse", "deploy", "abort", "resume", "approve", "reject", "pause",
        "promote", "undo", "rbac", "delete", "status", "history", "show", "judge", "lint",
        "diagram", "explain", "schema", "flows",
        "flows show", "init", "doctor", "import", "verify", "lab serve", "completion", "help",
        "version",
    ]

    @Test(arguments: pages) func page(of command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        let ending = try await Program.run(["help"] + words)
        #expect(ending.code == 0)
        #expect(ending.complaint == "")
        let name = command.isEmpty ? "overview" : words.joined(separator: "-")
        try expectGolden(ending.output, named: "help-\(name).txt")
    }

    @Test func everyCommandHasItsPage() async throws {
        let overview = try await Program.run(["help"]).output
        let commands = overview.split(separator: "\n").filter { $0.hasPrefix("  ") }
            .prefix(Self.pages.count - 1).map { $0.drop { $0 == " " } }
        for command in commands {
            #expect(
                Self.pages.contains { !$0.isEmpty && command.hasPrefix("\($0) ") }, "\(command)")
        }
    }

    @Test(arguments: [[], ["--help"], ["-h"]]) func overview(of words: [String]) async throws {
        let ending = try await Program.run(words)
        #expect(ending.code == 0)
        #expect(ending.output == (try await Program.run(["help"]).output))
    }

    @Test func aCommandExplainsItself() async throws {
        let page = try await Program.run(["help", "deploy"])
        #expect(try await Program.run(["deploy", "--help"]).output == page.output)
        #expect(try await Program.run(["deploy", "x.yaml", "-h"]).output == page.output)
    }

    @Test(arguments: ["version", "--version"]) func version(word: String) async throws {
        let ending = try await Program.run([word])
        #expect(ending.code == 0)
        #expect(ending.output == "theseus 0.1.0\n")
    }
}
