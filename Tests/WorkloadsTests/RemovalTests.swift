import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import Workloads

/// What goes with a version, what stays, and whom it leaves.
struct RemovalTests {
    private static let labels: JSONTree = ["app": "demo-app", "version": "v2"]

    private static func scope(extra: [JSONTree] = [], stable: String? = nil) throws
        -> WorkloadScope
    {
        var scope = try Yard.scope(stable: stable, extra: extra)
        scope.isRemoval = true
        return scope
    }

    private static let v2 = [
        DemoWorld.deployment(version: "v2", replicas: 2),
        DemoWorld.autoscaler(version: "v2", minimum: 2),
    ]

    /// Its autoscaler and the budget that means its pods alone go with it; the rest may be others'.
    @Test func whatIsItsOwnGoes() throws {
        let own = budget("own", Self.labels)
        let shared = budget("shared", ["app": "demo-app"])
        let manifest = [own, shared, settings()]
        try inYard(with: Self.v2 + manifest) { yard in
            let keeper = yard.keeper(try Self.scope(extra: manifest, stable: Yard.stable))
            let survey = try await keeper.surveyRemoval()
            #expect(
                survey.removed.map { "\($0.kind) \($0.name)" } == [
                    "HorizontalPodAutoscaler demo-app-v2", "Deployment demo-app-v2",
                    "PodDisruptionBudget own",
                ])
            #expect(survey.staying.map(\.name).sorted() == ["demo-settings", "shared"])
            #expect(survey.other?.name == Yard.stable)
            #expect(survey.ready == 2)
            #expect(survey.otherReady == 3)
            try await keeper.claimAll()
            for _ in 0..<2 {
                #expect(try await keeper.removeVersion(survey.backup(needed: 3)) == 0)
            }
            #expect(yard.pods == ["v1", "v1", "v1"])
            #expect(yard.object(.disruptionBudget, "own") == nil)
            #expect(yard.object(.disruptionBudget, "shared") != nil)
            #expect(yard.object(.configMap, "demo-settings") != nil)
            #expect(yard.object(.autoscaler, "demo-app-v2") == nil)
            try await keeper.unsealAll()
            #expect(yard.sealed == [])
        }
    }

    /// One that was made anew under the same name is another one.
    @Test func aNewOneOfTheNameStays() throws {
        try inYard(with: Self.v2) { yard in
            let keeper = yard.keeper(try Self.scope(stable: Yard.stable))
            let backup = try await keeper.surveyRemoval().backup(needed: 3)
            let there = try #require(yard.object(.deployment, "demo-app-v2"))
            try await yard.client().delete(there, as: .deployment)
            while yard.object(.deployment, "demo-app-v2") != nil {
                try await yard.clock.sleep(for: .seconds(1))
            }
            _ = try await yard.client().create(
                KubernetesObject(DemoWorld.deployment(version: "v2")), as: .deployment)
            try await keeper.removeVersion(backup)
            #expect(yard.object(.deployment, "demo-app-v2") != nil)
        }
    }

    @Test func backupsOfRemovalsCanBeReadAgain() throws {
        try inYard(with: Self.v2) { yard in
            let keeper = yard.keeper(try Self.scope(stable: Yard.stable))
            let backup = try await keeper.surveyRemoval().backup(needed: 5)
            #expect(backup.removed.count == 2)
            #expect(WorkloadBackup(tree: backup.tree) == backup)
        }
    }

    private static func code(
        with objects: [JSONTree], stable: String? = nil, deployment: JSONTree? = nil
    ) throws -> WorkloadRefusal.Code? {
        try inYard(with: objects) { yard in
            var scope = try Yard.scope(
                stable: stable, deployment: deployment ?? DemoWorld.deployment(version: "v2"))
            scope.isRemoval = true
            do {
                _ = try await yard.keeper(scope).surveyRemoval()
                return nil
            } catch let refusal as WorkloadRefusal {
                return refusal.code
            }
        }
    }

    @Test func refusals() throws {
        let v3 = DemoWorld.deployment(version: "v3")
        #expect(
            try Self.code(with: Self.v2 + [v3]) == .ambiguousStable(["demo-app-v1", "demo-app-v3"]))
        #expect(try Self.code(with: Self.v2 + [v3], stable: "demo-app-v3") == nil)
        var renamed = DemoWorld.deployment(version: "v3")
        renamed.set("demo-app-v2", at: "metadata", "name")
        #expect(try Self.code(with: [renamed]) == .anotherVersion("v3", manifest: "v2"))
        var kept = DemoWorld.deployment(version: "v2")
        kept.set("shop", at: "metadata", "labels", "argocd.argoproj.io/instance")
        #expect(try Self.code(with: [kept]) == .sourceKeeps(by: .argoCD("shop")))
    }

    /// Who stays carries both: so many pods are awaited, and its autoscaler must allow them.
    @Test func roomForAll() throws {
        try inYard(with: Self.v2) { yard in
            let keeper = yard.keeper(try Self.scope(stable: Yard.stable))
            let survey = try await keeper.surveyRemoval()
            #expect(survey.needed(movesUsers: false, isSharing: true) == 3)
            #expect(survey.needed(movesUsers: true, isSharing: true) == 5)
            #expect(survey.needed(movesUsers: true, isSharing: false) == 3)
            try survey.checkRoom(needed: 10)
            #expect(throws: WorkloadRefusal.self) { try survey.checkRoom(needed: 11) }
            try await keeper.claimAll()
            #expect(try await keeper.makeWay(for: 5, ReadyTerms()) == 5)
            try await keeper.releaseStable(survey.backup(needed: 5))
            #expect(yard.object(.autoscaler, Yard.stable)?.spec["minReplicas"] == 3)
        }
    }
}
