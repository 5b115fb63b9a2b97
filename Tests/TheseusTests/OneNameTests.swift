import JSONTree
import Testing

/// A manifest that speaks of one name, `demo-app`, and never of a version.
@Suite struct OneNameTests {
    @Test func isDeliveredAndUndone() async throws {
        try await ServedLab.serving { lab in
            try lab.folder.demo(
                "demo-app-v2.yaml", as: "demo-app.yaml",
                [("name: demo-app-v2", "name: demo-app"), (", version: v2", "")])
            var flow = ShortFlow(lab)
            flow.manifest = "demo-app.yaml"
            let there = try await lab.run("deploy", try flow.write(), "--run-id", "r1")
            #expect(there.code == 0, "\(there)")
            #expect(try await lab.deployments() == ["demo-app-v2"])
            #expect(try await lab.share(of: "v2") == 100)

            // The same file, and another image.
            let next = try await lab.run(
                "deploy", lab.folder.file("flow.yaml"), "--run-id", "r2", "--dry-run", "--image",
                "app=registry.example.test/demo-app:v3")
            #expect(next.output.contains("demo-app-v2 (v2) -> demo-app-v3 (v3)"), "\(next)")

            let back = try await lab.run("undo", "demo-app", "--run-id", "r3")
            #expect(back.code == 0, "\(back)")
            #expect(try await lab.deployments() == ["demo-app-v1"])
            #expect(try await lab.share(of: "v1") == 100)
            try await lab.expectWholeWeights()
            #expect(try await lab.run("verify").code == 0)
        }
    }
}
