import JSONTree
import Testing

/// `theseus diagram`: without a cluster, in the lab, and against a cluster.
@Suite struct DiagramCommandTests {
    private static let title = """
        The sequence of one delivery of demo-app, on a good day.
        What tests and gates say again in a step is told once.


        """

    /// The demo's flow, drawn from its manifest: no cluster is there to be asked.
    @Test func asksNoCluster() async throws {
        let folder = try Folder()
        let flow = try folder.demo("good.yaml")
        try folder.demo("demo-app-v2.yaml")
        let text = try await Program.run(["diagram", flow], in: folder.path)
        #expect(text.code == 0, "\(text)")
        #expect(text.complaint == "")
        #expect(text.output.hasPrefix(Self.title), "\(text)")
        #expect(text.output.contains("\n== 1. backup\n"))
        #expect(text.output.hasSuffix("theseus -> team: promoted\n"))

        let mermaid = try await Program.run(
            ["diagram", flow, "--output", "mermaid"], in: folder.path)
        #expect(mermaid.output.hasPrefix("sequenceDiagram\n    participant team as team\n"))
        let json = try await Program.run(["diagram", flow, "--output", "json"], in: folder.path)
        let messages = try JSONReader.tree(of: Array(json.output.utf8)).items ?? []
        #expect(messages.count == text.output.split(separator: "\n").count { $0.contains(" -> ") })

        let file = folder.file("flow.svg")
        let svg = try await Program.run(["diagram", flow, "--out", file], in: folder.path)
        #expect(svg.output == "wrote \(file)\n")
        #expect(try folder.read("flow.svg").hasPrefix("<svg "))
        // What was asked for comes before what the file's name says.
        let plain = ["diagram", flow, "--output", "text", "--out", file]
        #expect(try await Program.run(plain, in: folder.path).code == 0)
        #expect(try folder.read("flow.svg").hasPrefix(Self.title))
    }

    /// As the demo's world stands: a stable version by its own name, with its autoscaler.
    @Test func ofTheEmbeddedLab() async throws {
        let folder = try Folder()
        let flow = try folder.demo("good.yaml")
        try folder.demo("demo-app-v2.yaml")
        let text = try await Program.run(["diagram", flow, "--cluster", "lab"], in: folder.path)
        #expect(text.code == 0, "\(text)")
        #expect(text.output.contains("delete Deployment demo/demo-app-v1\n"), "\(text)")
    }

    @Test func ofAClusterThatIsOnlyLookedAt() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let text = try await lab.run("diagram", flow)
            #expect(text.code == 0, "\(text)")
            #expect(text.output.contains("delete Deployment demo/demo-app-v1\n"), "\(text)")
            #expect(try await lab.ourWrites() == [])
        }
    }

    @Test func aFormThatIsNone() async throws {
        let ending = try await Program.run(["diagram", "flow.yaml", "--output", "png"])
        #expect(ending.code == 2, "\(ending)")
        #expect(ending.complaint.contains("give text or mermaid or svg or json"), "\(ending)")
        let other = try await Program.run(["plan", "flow.yaml", "--output", "svg"])
        #expect(other.code == 2, "\(other)")
    }
}
