import Foundation
import JSONTree
import Testing

/// `theseus rehearse`: looks at a cluster, plays in its own lab, and says what is at fault.
@Suite struct RehearseTests {
    /// Nothing looks on at any share.
    private static let hasty = [
        "backup", "deploy: {deadline: 1m}", "route", "weight: 100", "retire",
    ]

    /// Seeded with the live objects, which stay as they are.
    @Test func aClusterIsOnlyLookedAt() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let play = try await lab.run("rehearse", flow, "--play", "good")
            #expect(play.code == 0, "\(play)")
            #expect(play.output.hasSuffix("nothing at the beginning: promoted\n"), "\(play)")
            // Stable is what stands there, under its own name.
            #expect(play.output.contains("deployments/demo-app-v1"), "\(play)")
            #expect(try await lab.ourWrites() == [])

            let none = try await lab.run("rehearse", flow, "--play", "kill:9999:before")
            #expect(none.code == 3)
            #expect(none.complaint.hasPrefix("rehearse: this flow has no play kill:9999:before"))
        }
    }

    /// What deploy refuses is refused, in its words.
    @Test func whatDeployRefusesIsRefused() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.target = "    stable: nobody\n"
            let path = try flow.write()
            let rehearsal = try await lab.run("rehearse", path)
            let deploy = try await lab.run("deploy", path)
            #expect(rehearsal.code == 3, "\(rehearsal)")
            #expect(rehearsal.complaint == deploy.complaint)
        }
    }

    /// All of what is wrong at once, with its lines.
    @Test func everyMistakeIsTold() async throws {
        let folder = try Folder()
        try folder.demo("demo-app-v2.yaml")
        try folder.demo("good.yaml", [("    - route\n", "    - rout\n"), ("max: 0.01", "max: 5%")])
        let ending = try await Program.run(
            ["rehearse", "good.yaml", "--without-cluster"], in: folder.path)
        let lint = try await Program.run(["lint", "good.yaml"], in: folder.path)
        #expect(ending.code == 3)
        #expect(ending.output == "")
        #expect(ending.complaint == lint.output)
        #expect(ending.complaint.hasSuffix("good.yaml: 2 errors\n"), "\(ending)")
    }

    /// The whole page of a flow that is as bad as can be, and the same for machines.
    @Test func aHastyFlowIsNotSound() async throws {
        let folder = try Folder()
        try folder.demo("demo-app-v2.yaml")
        let path = try folder.write(
            """
            apiVersion: theseus.dev/v1
            kind: Flow
            metadata: {name: hasty}
            spec:
              target: {namespace: demo, service: demo-app, manifest: demo-app-v2.yaml}
              routes: [{virtualService: demo-app, http: [primary]}]
              dark: {match: [{headers: {x-dark: {exact: "1"}}}]}
              steps:
            \(Self.hasty.map { "    - \($0)" }.joined(separator: "\n"))
            """, to: "hasty.yaml")
        let words = ["rehearse", path, "--without-cluster"]
        let page = try await Program.run(words, in: folder.path)
        #expect(page.code == 1, "\(page)")
        let lines = page.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "rehearsal of flow hasty, demo/demo-app, from its files alone")
        #expect(
            lines.dropFirst(2).first
                == "users send 50 requests a second, assumed, since no cluster is asked;"
                + " --rps N says how many there are")
        #expect(lines.contains("invariants: all held in every play"), "\(page)")
        #expect(lines.last == "not sound; nothing was changed")
        #expect(
            lines.contains("counted by gates alone; no test runs while users meet the candidate"))
        let parts = page.complaint.split(separator: "\n")
        #expect(parts.count == 4 && parts.allSatisfy { $0.hasPrefix("rehearse: ") }, "\(page)")
        #expect(parts.last?.hasSuffix(" plays; next, whom a bad candidate hurts") == true)
        let flaw = try #require(lines.firstIndex(of: "flaws of the flow: 1"), "\(page)")
        #expect(
            lines[flaw + 1]
                == "  4 weight 100: a candidate that fails every fifth request from 100% on"
                + " is promoted: nothing behind this weight notices")
        #expect(
            lines[flaw + 2] == "    theseus rehearse \(path) --without-cluster --play turns-bad:4")

        let told = try await Program.run(
            words + ["--output", "json", "--html", folder.file("hasty.html")], in: folder.path)
        #expect(told.code == 1)
        let html = try folder.read("hasty.html")
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
        #expect(html.contains("<svg ") && html.contains("Not sound."))
        #expect(html.contains(" --play turns-bad:4</code>"))
        for way in ["<script", "src=", "href=", "url(", "@import", "<link"] {
            #expect(!html.contains(way), "\(way)")
        }
        let tree = try JSONReader.tree(of: Array(told.output.utf8))
        #expect(tree["isSound"] == false)
        #expect(tree.at("users", "perSecond")?.decimal == 50)
        #expect(tree["flaws"]?.items?.first?["code"] == "unjudged-share")
        #expect(tree.at("blastRadius", "points")?.items?.count == 8)
        #expect(tree.at("blastRadius", "good", "rolledBack")?.decimal == 0)
        let plays = tree["plays"]?.items ?? []
        #expect(plays.count > 100)
        // Row by row the same plays.
        let rows = tree["matrix"]?.items ?? []
        #expect(rows.reduce(0) { $0 + ($1["plays"]?.whole ?? 0) } == plays.count)
        #expect(plays.allSatisfy { $0["broken"] == nil })
    }

    @Test(arguments: [
        ["--seed", "x"], ["--rps", "0"], ["--lanes", "0"], ["--play"],
    ]) func wrongWordsAreUsage(_ words: [String]) async throws {
        let folder = try Folder()
        let flow = try folder.demo("good.yaml")
        try folder.demo("demo-app-v2.yaml")
        let ending = try await Program.run(
            ["rehearse", flow, "--without-cluster"] + words, in: folder.path)
        #expect(ending.code == 2, "\(ending)")
    }
}
