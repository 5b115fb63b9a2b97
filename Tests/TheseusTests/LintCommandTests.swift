import Foundation
import JSONTree
import Testing

/// `theseus lint`, to the letter.
@Suite struct LintCommandTests {
    private static let flow = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: reviews}
        spec:
          template: canary
          parameters: {smoke: "true"}
          target: {namespace: bookinfo, service: reviews, manifest: reviews-v2.yaml}
          gateway: {url: "https://shop.example.com"}
          prometheus: {address: "http://prometheus:9090"}
          dark: {match: [{headers: {x-canary: {exact: "1"}}}]}

        """

    private static let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: reviews-v2}
        spec:
          selector: {matchLabels: {app: reviews, version: v2}}
          template:
            metadata: {labels: {app: reviews, version: v2}}
            spec: {containers: [{name: reviews, image: "example/reviews:v2"}]}

        """

    private func lint(
        _ words: [String], _ flows: (name: String, text: String)...
    ) async throws -> Program.Ending {
        let folder = try Folder()
        try folder.write(Self.manifest, to: "reviews-v2.yaml")
        for flow in flows { try folder.write(flow.text, to: flow.name) }
        return try await Program.run(
            ["lint"] + flows.map(\.name) + words, in: folder.path)
    }

    @Test func aGoodOneIsClean() async throws {
        let ending = try await lint([], ("a.yaml", Self.flow))
        #expect(ending.code == 0)
        #expect(
            ending.output == """
                a.yaml: clean; with --rps N it says, too, how long gates will need

                """)
        let measured = try await lint(["--rps", "50"], ("a.yaml", Self.flow))
        let lines = measured.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "a.yaml: clean")
        #expect(lines.count > 1, "\(measured)")
        #expect(lines.dropFirst().allSatisfy { $0.contains(" at the earliest: ") }, "\(measured)")
        #expect(measured.code == 0)
        let told = try await lint(["--rps", "50", "--output", "json"], ("a.yaml", Self.flow))
        let objects = try told.output.split(separator: "\n")
            .map { try JSONReader.tree(of: Array($0.utf8)) }
        #expect(objects.count == 1, "\(told)")
        #expect(objects.first?["file"] == "a.yaml")
        #expect(objects.first?["load"]?["perSecond"]?.decimal == 50)
        #expect(objects.first?["gates"]?.items?.count == lines.count - 1)
    }

    @Test func everythingIsToldAtOnce() async throws {
        let bad = Self.flow.replacing("x-canary: {exact", with: "x-canary: {exact")
            .replacing("smoke: \"true\"", with: "smoke: \"true\", bake: soon")
            .replacing("  gateway:", with: "  gatewya:")
        let ending = try await lint([], ("a.yaml", bad), ("b.yaml", Self.flow))
        #expect(ending.code == 3)
        #expect(
            ending.output == """
                error: parameter "bake" must be a duration above 0, found "soon" [parameter]
                  where: a.yaml:6:37 (spec.parameters.bake)
                         6 |   parameters: {smoke: "true", bake: soon}
                           |                                     ^
                  do:    write for example 500ms, 30s, 5m or 1h30m
                error: unknown key "gatewya" [unknown-key]
                  where: a.yaml:8:3 (spec.gatewya)
                         8 |   gatewya: {url: "https://shop.example.com"}
                           |   ^
                  do:    did you mean "gateway"?
                error: test "performance" needs a way into the mesh [contradiction]
                  where: template canary:25:20 (spec.tests.performance.http.path)
                         25 |       http: {path: "${performance}", requests: "${requests}", \
                concurrency: 4, dark: true}
                            |                    ^
                  do:    add spec.gateway.url, or write a whole address
                error: step "reach" needs a way into the mesh [contradiction]
                  where: template canary:34:7 (spec.steps[3])
                         34 |     - reach
                            |       ^
                  do:    add spec.gateway.url
                a.yaml: 4 errors
                b.yaml: clean; with --rps N it says, too, how long gates will need

                """)
    }

    @Test func warningsAreErrorsWhereSomebodySaysSo() async throws {
        let ending = try await lint(["--rps", "1"], ("a.yaml", Self.flow))
        #expect(ending.code == 0)
        #expect(ending.output.contains("\na.yaml: 2 warnings\n"), "\(ending)")
        let strict = try await lint(["--rps", "1", "--strict"], ("a.yaml", Self.flow))
        #expect(strict.code == 3)
        #expect(strict.output == ending.output)
    }

    @Test func machinesGetAnObjectALine() async throws {
        let ending = try await lint(
            ["--output", "json"], ("a.yaml", Self.flow.replacing("kind: Flow", with: "kind: Flo")))
        #expect(ending.code == 3)
        #expect(
            ending.output == """
                {"file":"a.yaml","severity":"error","code":"wrong-value","path":"kind",\
                "what":"\\"kind\\" must be Flow, found \\"Flo\\"","do":"write Flow","line":2,"column":7}

                """)
    }

    @Test func aLineWithASecretIsNotRepeated() async throws {
        let ending = try await lint(
            [], ("a.yaml", Self.flow.replacing("http://prom", with: "http://me:hunter2@prom")))
        #expect(ending.code == 3)
        #expect(!ending.output.contains("hunter2"), "\(ending)")
        #expect(ending.output.contains("has a user or password in it"), "\(ending)")
    }

    /// What ships is clean as a template, and a broken flow as a flow.
    @Test func templatesAreReadAsTemplates() async throws {
        let folder = try Folder()
        let text = try await Program.run(["flows", "show", "canary"]).output
        try folder.write(text, to: "ours.yaml")
        try folder.write(
            text.replacing("weight: 50", with: "weight: fifty"), to: "theirs.yaml")
        let ending = try await Program.run(
            ["lint", "--template", "ours.yaml", "./theirs.yaml", "none.yaml"], in: folder.path)
        #expect(ending.code == 3)
        #expect(ending.output.hasPrefix("ours.yaml: clean; with --rps N"), "\(ending)")
        #expect(ending.output.contains("error: \"weight\" must be a whole number"), "\(ending)")
        #expect(ending.output.contains("./theirs.yaml: 1 error\n"), "\(ending)")
        #expect(ending.output.contains("error: the template cannot be read [file]\n"), "\(ending)")
        let flow = try await Program.run(["lint", "ours.yaml"], in: folder.path)
        #expect(flow.code == 3, "\(flow)")
    }

    @Test func aMissingFileHidesNoOther() async throws {
        let folder = try Folder()
        try folder.write(Self.manifest, to: "reviews-v2.yaml")
        try folder.write(Self.flow, to: "b.yaml")
        let ending = try await Program.run(["lint", "a.yaml", "b.yaml"], in: folder.path)
        #expect(ending.code == 3)
        #expect(
            ending.output == """
                error: the flow file cannot be read [file]
                  where: a.yaml
                  do:    check the path, and that you may read it
                a.yaml: 1 error
                b.yaml: clean; with --rps N it says, too, how long gates will need

                """)
    }

    @Test(arguments: [
        Slip("lint", "FLOW… is missing", at: "theseus lint", "see `theseus help lint`"),
        Slip(
            "lint a.yaml --rps many", "--rps cannot be \"many\"", at: "theseus lint",
            "give users' requests in a second, as 50"),
    ])
    func usage(_ slip: Slip) async throws {
        let ending = try await Program.run(slip.words)
        #expect(ending.code == 2)
        #expect(
            ending.complaint == """
                usage: \(slip.what)
                  where: \(slip.place)
                  do:    \(slip.remedy)

                """)
    }
}
