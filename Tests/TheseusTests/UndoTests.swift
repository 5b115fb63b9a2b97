import JSONTree
import Testing

/// `theseus undo`, from the served lab's journal.
@Suite struct UndoTests {
    @Test func bringsTheOldVersionBack() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = [
                "backup", "deploy: {deadline: 5m}", "route", "weight: 50", "weight: 100", "retire",
            ]
            let there = try await lab.run("deploy", try flow.write(), "--run-id", "r1")
            #expect(there.code == 0, "\(there)")
            #expect(try await lab.deployments() == ["demo-app-v2"])

            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 3, "\(abort)")
            #expect(
                abort.complaint.hasSuffix(
                    """
                      where: run r1
                      do:    `theseus undo demo-app` brings the old version back

                    """), "\(abort)")
            let look = try await lab.run("undo", "demo-app", "--dry-run")
            #expect(look.output.contains("demo-app-v2 (v2) -> demo-app-v1 (v1)"), "\(look)")
            #expect(look.code == 0)

            let back = try await lab.run("undo", "demo-app", "--run-id", "r2")
            #expect(back.code == 0, "\(back)")
            #expect(try await lab.deployments() == ["demo-app-v1"])
            #expect(try await lab.share(of: "v1") == 100)
            try await lab.expectWholeWeights()

            // And there again: the newest promotion is the undoing.
            let again = try await lab.run("undo", "demo-app", "--run-id", "r3")
            #expect(again.code == 0, "\(again)")
            #expect(try await lab.deployments() == ["demo-app-v2"])
        }
    }

    /// Where only a gateway led to the service, the first release makes the mesh's route; it stays,
    /// and stands in the way of no later release by the same flow.
    @Test func whatTheRunHadToMakeHindersNoOther() async throws {
        let world = [
            ("gateways: [demo-gateway, mesh]", "gateways: [demo-gateway]"),
            ("hosts: [demo-app, demo.example.test]", "hosts: [demo.example.test]"),
        ]
        try await ServedLab.serving(world: world) { lab in
            var flow = ShortFlow(lab)
            flow.steps = ["backup", "deploy: {deadline: 5m}", "route", "weight: 100", "retire"]
            let there = try await lab.run("deploy", try flow.write(), "--run-id", "r1")
            #expect(there.code == 0, "\(there)")
            let made =
                "/apis/networking.istio.io/v1/namespaces/demo/virtualservices/demo-app-theseus"
            #expect(try await lab.get(made).at("metadata", "annotations") == nil)

            let back = try await lab.run("undo", "demo-app", "--run-id", "r2")
            #expect(back.code == 0, "\(back)")
            #expect(try await lab.deployments() == ["demo-app-v1"])
            let next = try await lab.run("deploy", "flow.yaml", "--run-id", "r3")
            #expect(next.code == 0, "\(next)")
            #expect(try await lab.deployments() == ["demo-app-v2"])
        }
    }

    @Test func whereNothingWasPromotedThereIsNothingToUndo() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = [
                "backup", "deploy: {deadline: 5m}", "route", "approve: {timeout: 20h}",
                "weight: 100",
                "retire",
            ]
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line { $0.contains(" 4/6 ") && $0.hasSuffix("begins") }
            #expect(try await lab.run("reject", "r1").code == 0)
            #expect(await run.end().code == 1)
            let undo = try await lab.run("undo", "demo-app")
            #expect(
                undo.complaint == """
                    run: there is nothing to undo: no run of it was promoted
                      where: demo-app
                      do:    see `theseus history`, or deploy the version that you want

                    """)
            #expect(undo.code == 3)
        }
    }
}
