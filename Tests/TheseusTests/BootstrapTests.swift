import JSONTree
import Testing

/// The first release of a service, by the template `bootstrap`.
@Suite struct BootstrapTests {
    /// A service whose only version was taken away, and a flow for its first.
    private func beginning(
        smoke: String, _ work: (ServedLab, String) async throws -> Void
    ) async throws {
        try await ServedLab.serving { lab in
            try await lab.delete("\(ServedLab.deployments)/demo-app-v1")
            try await lab.delete(
                "/apis/autoscaling/v2/namespaces/demo/horizontalpodautoscalers/demo-app-v1")
            let test = try lab.folder.write("#!/bin/sh\n\(smoke)\n", to: "smoke.sh")
            try await Program.tool(["/bin/chmod", "+x", test])
            var text = ShortFlow(lab).text
            let tests = try #require(text.firstRange(of: "  tests:"))
            text = String(text[..<tests.lowerBound])
            text += "  template: bootstrap\n  parameters: {smoke: ./smoke.sh, bake: 10s}\n"
            try await work(lab, try lab.folder.write(text, to: "flow.yaml"))
        }
    }

    @Test func goesToAllUsersAtOnce() async throws {
        try await beginning(smoke: "exit 0") { lab, flow in
            let end = try await lab.run("deploy", flow, "--run-id", "r1")
            #expect(end.code == 0, "\(end)")
            #expect(try await lab.deployments() == ["demo-app-v2"])
            #expect(try await lab.share() == 100)
            try await lab.expectWholeWeights()
            let undo = try await lab.run("undo", "demo-app")
            #expect(undo.code == 3, "\(undo)")
            #expect(undo.complaint.contains("run r1 was the first release"), "\(undo)")
            let verify = try await lab.run("verify")
            #expect(verify.output.hasSuffix("  clean\n"), "\(verify)")
        }
    }

    @Test func leavesNothingWhereItFails() async throws {
        try await beginning(smoke: "exit 1") { lab, flow in
            let before = try await lab.get(ServedLab.virtualService)["spec"]
            let end = try await lab.run("deploy", flow, "--run-id", "r1")
            #expect(end.code == 1, "\(end)")
            #expect(try await lab.deployments() == [])
            #expect(try await lab.get(ServedLab.virtualService)["spec"] == before)
        }
    }

    /// What makes it a first release is what the template says, not what it is called.
    @Test func aFlowWithStepsOfItsOwnMaySaySo() async throws {
        try await beginning(smoke: "exit 0") { lab, flow in
            var own = ShortFlow(lab)
            own.steps = ["backup", "deploy: {deadline: 5m}", "route", "weight: 100"]
            let path = try own.write(as: "own.yaml")
            let refused = try await lab.run("deploy", path, "--dry-run")
            #expect(refused.code == 3, "\(refused)")
            own.more = "  firstRelease: true\n"
            let look = try await lab.run("deploy", try own.write(as: "own.yaml"), "--dry-run")
            #expect(look.code == 0, "\(look)")
            #expect(look.output.contains(": nothing -> demo-app-v2 (v2)"), "\(look)")
        }
    }
}

extension ServedLab {
    /// The Deployments that are there.
    func deployments() async throws -> [String] {
        (try await get(Self.deployments)["items"]?.items ?? []).compactMap {
            $0.at("metadata", "name")?.text
        }
    }
}
