import Foundation
import Testing

/// What bash is told, asked as bash asks it.
///
/// That zsh and fish take theirs was tried by hand.
@Suite struct CompletionTests {
    /// What is offered for the last of these words.
    private func offered(_ words: [String], in folder: Folder) async throws -> [String] {
        let script = folder.file("theseus.bash")
        try folder.write(try await Program.run(["completion", "bash"]).output, to: "theseus.bash")
        let array = words.map { "'\($0)'" }.joined(separator: " ")
        let asking = """
            cd '\(folder.path)'; source '\(script)'; COMP_WORDS=(\(array)); \
            COMP_CWORD=\(words.count - 1); _theseus; printf '%s\\n' "${COMPREPLY[@]}" > offered
            """
        try await Program.tool(["/bin/bash", "-c", asking])
        return try folder.read("offered").split(separator: "\n").map(String.init)
    }

    @Test(
        arguments: [
            (["theseus", "de"], ["deploy", "delete"]),
            (["theseus", "flows", ""], ["show"]),
            (["theseus", "flows", "show", "canary"], ["canary", "canary-stepped"]),
            (["theseus", "lab", "s"], ["serve"]),
            (["theseus", "lab", "serve", "--sp"], ["--speed"]),
            (["theseus", "deploy", "--out"], ["--output"]),
            (["theseus", "deploy", "--output", ""], ["text", "json"]),
            (["theseus", "deploy", "--on-interrupt", "s"], ["stop"]),
            (["theseus", "deploy", "re"], ["reviews v2.yaml"]),
            (["theseus", "lint", "a.yaml", "re"], ["reviews v2.yaml"]),
            (["theseus", "explain", "bak"], ["bake"]),
            (["theseus", "status", "--takeo"], []),
            (["theseus", "completion", ""], ["bash", "zsh", "fish"]),
        ] as [([String], [String])])
    func offers(_ words: [String], _ expected: [String]) async throws {
        let folder = try Folder()
        try folder.write("", to: "reviews v2.yaml")
        #expect(try await offered(words, in: folder) == expected)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func knowsEveryCommandAndOption(_ shell: String) async throws {
        let script = try await Program.run(["completion", shell]).output
        let overview = try await Program.run(["help"]).output
        let words = overview.split(whereSeparator: { $0 == " " || $0 == "\n" })
        for option in words where option.hasPrefix("--") {
            let name = shell == "fish" ? "-l \(option.dropFirst(2)) " : String(option)
            #expect(script.contains(name), "\(option)")
        }
        for page in HelpTests.pages where !page.isEmpty && !page.contains(" ") {
            #expect(script.contains(page), "\(page)")
        }
    }

    @Test func otherShellsAreNamed() async throws {
        let ending = try await Program.run(["completion", "tcsh"])
        #expect(ending.code == 2)
        #expect(
            ending.complaint == """
                usage: SHELL cannot be "tcsh"
                  where: theseus completion
                  do:    give bash or zsh or fish

                """)
    }
}
