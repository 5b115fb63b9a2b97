import JSONTree
import Testing

/// `theseus delete`, from a served lab.
@Suite struct DeleteTests {
    private static let toTheEnd = [
        "backup", "deploy: {deadline: 5m}", "route", "weight: 50", "weight: 100",
    ]

    /// Lab, flow of v2 and flow of v1: both stand, and v2 has all users.
    private static func withBoth(
        speed: Int = 100, _ work: (ServedLab, _ v1: String, _ v2: String) async throws -> Void
    ) async throws {
        try await ServedLab.serving(speed: speed) { lab in
            var flow = ShortFlow(lab)
            flow.steps = toTheEnd
            let v2 = try flow.write()
            let there = try await lab.run("deploy", v2, "--run-id", "r1")
            #expect(there.code == 0, "\(there)")
            try await work(lab, try oldFlow(lab), v2)
        }
    }

    /// The flow whose version is v1.
    private static func oldFlow(_ lab: ServedLab) throws -> String {
        try lab.folder.demo("demo-app-v2.yaml", as: "demo-app-v1.yaml", [("v2", "v1")])
        var flow = ShortFlow(lab)
        flow.manifest = "demo-app-v1.yaml"
        flow.steps = toTheEnd
        return try flow.write(as: "old.yaml")
    }

    @Test func anUnusedVersionGoes() async throws {
        try await Self.withBoth { lab, v1, _ in
            let writes = try await lab.ourWrites().count
            let look = try await lab.run("delete", v1, "--dry-run")
            #expect(look.code == 0, "\(look)")
            #expect(look.output.contains("demo-app-v1 (v1) goes, demo-app-v2 (v2) stays"))
            #expect(look.output.contains("Deployment demo/demo-app-v1 goes"))
            #expect(look.output.hasSuffix("nothing was changed\n"))
            #expect(try await lab.ourWrites().count == writes)

            let gone = try await lab.run("delete", v1, "--run-id", "d1")
            #expect(gone.code == 0, "\(gone)")
            #expect(gone.output.contains("nobody uses it; demo-app-v2 stays"))
            #expect(try await lab.deploymentNames() == ["demo-app-v2"])
            #expect(try await lab.share() == 100)
            try await lab.expectWholeWeights()
            #expect(try await lab.subsets() == ["v2"])
            #expect(try await lab.marked() == [])

            // Again: the same run is over, and a new one finds nothing.
            let again = try await lab.run("delete", v1, "--run-id", "d1")
            #expect(again.code == 0, "\(again)")
            // A release is not what this run is, and a removal not what that one was.
            let release = try await lab.run("deploy", v1, "--run-id", "d1")
            #expect(release.code == 3, "\(release)")
            #expect(release.complaint.contains("this run takes a version away; it is no release"))
            let removal = try await lab.run("delete", v1, "--run-id", "r1")
            #expect(removal.code == 3, "\(removal)")
            #expect(removal.complaint.contains("this run is a release; it takes no version away"))
            // Nor is a release of another version what that one was.
            let other = try await lab.run("deploy", v1, "--run-id", "r1")
            #expect(other.code == 3, "\(other)")
            #expect(
                other.complaint == """
                    run: this run is there already, and is to do something else
                      where: run r1
                      do:    give --run-id another name, or go on with it by `theseus resume`

                    """)
            let more = try await lab.run("delete", v1)
            #expect(more.code == 0, "\(more)")
            #expect(more.output == "nothing of this version is in demo/demo-app\n")
            let history = try await lab.run("history")
            #expect(history.output.contains("  removed  "), "\(history)")
            let status = try await lab.run("status", "d1")
            #expect(status.output == "d1  demo/demo-app  removed  0%\n")
            // A removal is no promotion that could be undone.
            let undo = try await lab.run("undo", "demo-app", "--dry-run")
            #expect(undo.output.contains("demo-app-v2 (v2) -> demo-app-v1 (v1)"), "\(undo)")
        }
    }

    /// Without `--force` nobody loses a version; with it, the other one gets its users first.
    @Test func oneWithUsersIsForcedOrStays() async throws {
        try await Self.withBoth { lab, _, v2 in
            let writes = try await lab.ourWrites().count
            let refused = try await lab.run("delete", v2)
            #expect(refused.code == 3, "\(refused)")
            #expect(
                refused.complaint == """
                    routes: users are led to this version: VirtualService demo/demo-app, http route \
                    primary, gives it 100% (in-use)
                      where: Deployment demo/demo-app-v2
                      do:    take its weight away first, or say --force: the version that stays gets them

                    """)
            #expect(try await lab.ourWrites().count == writes)

            let forced = try await lab.run("delete", v2, "--force", "--run-id", "d1")
            #expect(forced.code == 0, "\(forced)")
            #expect(forced.output.contains("all traffic is on demo-app-v1"))
            #expect(try await lab.deploymentNames() == ["demo-app-v1"])
            #expect(try await lab.share(of: "v1") == 100)
            #expect(try await lab.minimum("demo-app-v1") == 3)
            try await lab.expectWholeWeights()
            #expect(try await lab.marked() == [])
            #expect(try await lab.run("verify").code == 0)
        }
    }

    @Test func theLastVersionStaysUnlessForced() async throws {
        try await ServedLab.serving { lab in
            let v1 = try Self.oldFlow(lab)
            let before = try await lab.get(ServedLab.virtualService)["spec"]
            let refused = try await lab.run("delete", v1)
            #expect(refused.code == 3, "\(refused)")
            #expect(refused.complaint.contains("it is the last version that has traffic"))
            #expect(try await lab.ourWrites() == [])

            let forced = try await lab.run("delete", v1, "--force")
            #expect(forced.code == 0, "\(forced)")
            #expect(forced.output.contains("there is no other version: users will get errors"))
            #expect(try await lab.deploymentNames() == [])
            #expect(try await lab.get(ServedLab.virtualService)["spec"] == before)
            #expect(try await lab.marked() == [])
        }
    }

    @Test func aRunHoldsItsTarget() async throws {
        try await ServedLab.serving(speed: 50) { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let path = try flow.write()
            let holder = try lab.start("deploy", path, "--run-id", "r1")
            try await holder.line("50% with")
            let ending = try await lab.run("delete", path, "--force", journal: "other.sqlite")
            #expect(ending.code == 5, "\(ending)")
            #expect(ending.complaint.contains("run r1 holds this target"))
            await holder.stop()
        }
    }

    /// Killed after any line, another process brings it to its end.
    @Test(arguments: [2, 4, 6, 8, 10, 12]) func aDeathLosesNothing(line: Int) async throws {
        try await Self.withBoth(speed: 200) { lab, _, v2 in
            let process = try lab.start("delete", v2, "--force", "--run-id", "d1")
            await process.lines(atLeast: line)
            await process.stop()
            var end = try await lab.run("resume", "d1", "--takeover")
            // Before anything was planned there is nothing to resume.
            if end.code == 3 { end = try await lab.run("delete", v2, "--force", "--run-id", "d1") }
            #expect(end.code == 0, "\(end)")
            #expect(try await lab.deploymentNames() == ["demo-app-v1"])
            #expect(try await lab.share(of: "v1") == 100)
            try await lab.expectWholeWeights()
            #expect(try await lab.marked() == [])
            #expect(try await lab.run("verify").code == 0)
        }
    }

    @Test func anAbortAfterTheDecisionIsRefused() async throws {
        try await Self.withBoth(speed: 20) { lab, _, v2 in
            let process = try lab.start("delete", v2, "--force", "--run-id", "d1")
            try await process.line("the removal is decided")
            let abort = try await lab.run("abort", "d1")
            #expect(abort.code == 3, "\(abort)")
            #expect(abort.complaint.contains("the removal is decided; deploy the version again"))
            #expect(await process.end().code == 0)
        }
    }
}

extension ServedLab {
    fileprivate func deploymentNames() async throws -> [String] {
        try await names(Self.deployments)
    }

    private func names(_ path: String) async throws -> [String] {
        (try await get(path)["items"]?.items ?? []).compactMap {
            $0.at("metadata", "name")?.text
        }
    }

    fileprivate func subsets() async throws -> [String] {
        let path = "/apis/networking.istio.io/v1/namespaces/demo/destinationrules"
        return (try await get(path)["items"]?.items ?? []).flatMap { rule in
            (rule.at("spec", "subsets")?.items ?? []).compactMap { $0["name"]?.text }
        }
    }

    fileprivate func minimum(_ name: String) async throws -> Int? {
        let path = "/apis/autoscaling/v2/namespaces/demo/horizontalpodautoscalers/\(name)"
        return try await get(path).at("spec", "minReplicas")?.whole
    }

    /// Objects that carry a mark of ours.
    fileprivate func marked() async throws -> [String] {
        var found: [String] = []
        for path in [
            Self.deployments, "/apis/autoscaling/v2/namespaces/demo/horizontalpodautoscalers",
            "/apis/networking.istio.io/v1/namespaces/demo/virtualservices",
            "/apis/networking.istio.io/v1/namespaces/demo/destinationrules",
            "/apis/coordination.k8s.io/v1/namespaces/demo/leases",
        ] {
            for object in try await get(path)["items"]?.items ?? [] {
                let keys = object.at("metadata", "annotations")?.members?.keys ?? []
                guard keys.contains(where: { $0.hasPrefix("theseus.dev/") }) else { continue }
                found.append("\(path) \(object.at("metadata", "name")?.text ?? "")")
            }
        }
        return found
    }
}
