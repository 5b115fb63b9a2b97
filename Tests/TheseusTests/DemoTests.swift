import Foundation
import Testing

/// What `make demo` shows, and what the README prints of it.
@Suite struct DemoTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().resolvingSymlinksInPath().deletingLastPathComponent()

    private func embedded(_ flow: String, _ folder: Folder) async throws -> Program.Ending {
        try await Program.run(
            [
                "deploy", Self.root.appending(path: "examples/demo/\(flow)").path,
                "--cluster", "lab", "--run-id", "r1",
                "--journal", "sqlite:\(folder.file("journal.sqlite"))",
            ], in: folder.path)
    }

    @Test func theGoodOneWalksToAllUsers() async throws {
        let ending = try await embedded("good.yaml", Folder())
        #expect(ending.code == 0, "\(ending)")
        let lines = ending.output.split(separator: "\n")
        #expect(
            lines.contains { $0.contains("  promoted  ") && $0.contains(" 100% ") }, "\(ending)")
        #expect(
            lines.last?.hasSuffix(" requests of users met v2: 0 were hurt, 0 were lost") == true)
        #expect(ending.complaint == "")
    }

    /// It is caught at 1%, and the README shows what that looks like.
    @Test func theBadOneGoesHome() async throws {
        let folder = try Folder()
        let ending = try await embedded("bad.yaml", folder)
        #expect(ending.code == 1, "\(ending)")
        #expect(ending.complaint.hasPrefix("run r1 rolled back: errors: 0.1048 "), "\(ending)")
        let told = ending.output.split(separator: "\n").map(String.init)
        #expect(!told.contains { $0.contains(" 50%  ") }, "\(ending)")

        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let printed = try #require(
            readme.components(separatedBy: "```").first { $0.contains("requests of users met v3") }
        ).split(separator: "\n").map(String.init)
        #expect(printed.count == 5)
        var rest = told[...]
        for line in printed {
            guard let place = rest.firstIndex(of: line) else {
                Issue.record("README prints what the demo does not say: \(line)\n\(ending.output)")
                continue
            }
            rest = rest[(place + 1)...]
        }
        #expect(rest.isEmpty)

        let verify = try await Program.run(
            ["verify", "--journal", "sqlite:\(folder.file("journal.sqlite"))"], in: folder.path)
        #expect(verify.code == 0, "\(verify)")
        #expect(
            verify.output.hasSuffix(
                " records  whole in itself; the embedded lab that it was in is gone\n"))
    }

    /// The same files against the served lab, over real HTTP; only the addresses differ, and how much
    /// slower than before a machine that is busy with other tests may answer.
    @Test(arguments: [("good.yaml", 0, "v2", 100), ("bad.yaml", 1, "v3", 0)])
    func overHTTP(_ flow: String, _ code: Int, _ version: String, _ share: Int) async throws {
        try await ServedLab.serving { lab in
            let path = try lab.folder.demo(
                flow,
                [
                    ("http://127.0.0.1:7081", lab.gateway),
                    ("http://127.0.0.1:7080", lab.api),
                    ("tolerance: 75%", "tolerance: 2000%"),
                ])
            let ending = try await lab.run("deploy", path, "--run-id", "r1")
            #expect(Int(ending.code) == code, "\(ending)")
            #expect(try await lab.share(of: version) == share)
            try await lab.expectWholeWeights()
        }
    }

    @Test func theScriptPlaysBoth() async throws {
        let script = Self.root.appending(path: "scripts/demo").path
        try await Program.tool(["/bin/sh", script, Program.path])
    }
}
