import Golden
import Testing

/// What `theseus plan` says of each template, to the letter.
@Suite struct PlanTemplateTests {
    private static func flow(_ template: String) -> String {
        """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: demo-app}
        spec:
          template: \(template)
        \(["ab-test", "dark-only"].contains(template) ? "  parameters: {time: 30m}" : "")
          target: {namespace: demo, service: demo-app, manifest: demo-app-v2.yaml}
          routes: [{virtualService: demo-app, http: [primary]}]
          gateway: {url: "http://127.0.0.1:7081", host: demo.example.test}
          prometheus: {address: "http://127.0.0.1:7080/prometheus"}
          dark: {match: [{headers: {x-demo-canary: {exact: "1"}}}]}
          tests: {smoke: {http: {path: /}}}

        """
    }

    /// How many calls it takes changes more often, and is told of the demo's plan.
    private static func kept(_ plan: String) -> String {
        plan.replacing(/beside them [0-9]+ of/) { _ in "beside them N of" }
            .replacing(/about [0-9]+ on/) { _ in "about N on" }
    }

    @Test(arguments: [
        "ab-test", "blue-green", "canary", "canary-stepped", "dark-only", "mirror-then-canary",
    ])
    func isPlanned(_ template: String) async throws {
        let folder = try Folder()
        try folder.demo("demo-app-v2.yaml")
        try folder.write(Self.flow(template), to: "flow.yaml")
        let plan = try await Program.run(
            ["plan", "flow.yaml", "--cluster", "lab"], in: folder.path)
        #expect(plan.code == 0, "\(plan)")
        #expect(plan.complaint == "")
        try expectGolden(Self.kept(plan.output), named: "plan-\(template).txt")
    }

    /// Where nothing stands but the Service and its routes.
    @Test func aFirstReleaseIsPlanned() async throws {
        try await ServedLab.serving { lab in
            try await lab.delete("\(ServedLab.deployments)/demo-app-v1")
            try await lab.delete(
                "/apis/autoscaling/v2/namespaces/demo/horizontalpodautoscalers/demo-app-v1")
            let flow = Self.flow("bootstrap").replacing("http://127.0.0.1:7081", with: lab.gateway)
                .replacing("http://127.0.0.1:7080", with: lab.api)
            let plan = try await lab.run("plan", try lab.folder.write(flow, to: "flow.yaml"))
            #expect(plan.code == 0, "\(plan)")
            let text = plan.output.replacing(lab.gateway, with: "GATEWAY")
                .replacing(lab.api, with: "API")
                .replacing(lab.folder.path, with: "FOLDER")
            try expectGolden(Self.kept(text), named: "plan-bootstrap.txt")
        }
    }
}
