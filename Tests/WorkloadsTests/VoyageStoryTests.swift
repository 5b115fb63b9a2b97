import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import Timekeeping
import Workloads

/// Whole lives of a candidate, as the rooms above will lead them.
struct VoyageStoryTests {
    /// In clusters of every age.
    @Test(arguments: [
        [], ["autoscaling/v2", "policy/v1"],
        ["autoscaling/v2", "autoscaling/v2beta2", "policy/v1"],
    ])
    func outAndHomeAgain(unserved: [String]) throws {
        try inYard(unserved: unserved) { yard in
            let before = yard.object(.autoscaler, Yard.stable)?.spec
            let scope = try Yard.scope(extra: [
                settings(), budget("v2", ["app": "demo-app", "version": "v2"]),
            ])
            let keeper = yard.keeper(scope)
            try await keeper.survey().check()
            let backup = try await keeper.backUp()
            #expect(backup.stableReady == 3)
            #expect(
                backup.objects.map(\.kind) == ["Deployment", "HorizontalPodAutoscaler", "Service"])

            try await keeper.claimAll()
            try await keeper.holdStable(minimum: backup.stableReady)
            try await keeper.applyCandidate()
            #expect(try await keeper.awaitReady(Yard.candidate).ready == 3)
            try await keeper.giveAutoscaler()
            try await keeper.raiseFloor(Yard.candidate, to: 5)
            #expect(try await keeper.awaitCapacity(Yard.candidate, 5) == 5)
            #expect(try await keeper.readyPods(ofDeployment: Yard.candidate) == 5)
            #expect(yard.object(.deployment, Yard.candidate)?.replicas == 5)

            try await keeper.shrinkStable(minimum: 1)
            try await keeper.awaitShrunk(minimum: 1)
            #expect(yard.pods.filter { $0 == "v1" }.count == 1)

            try await keeper.raiseStable(to: 5)
            #expect(try await keeper.awaitCapacity(Yard.stable, 5) == 5)
            #expect(try await keeper.drainCandidate(Yard.candidate, grace: .seconds(5)) == 5)
            try await keeper.removeCandidate()
            #expect(yard.pods.contains("v2") == false)
            try await keeper.restoreStable(backup)
            try await keeper.unsealAll()
            #expect(try await keeper.verify(backup) == [])
            #expect(yard.sealed == [])
            #expect(yard.object(.configMap, "demo-settings") == nil)
            #expect(yard.object(.disruptionBudget, "v2") == nil)
            #expect(yard.object(.autoscaler, Yard.candidate) == nil)
            #expect(yard.object(.autoscaler, Yard.stable)?.minReplicas == 3)
            #expect(yard.object(.autoscaler, Yard.stable)?.spec == before)
        }
    }

    @Test func promoted() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope(extra: [settings()]))
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            try await keeper.giveAutoscaler()
            try await keeper.raiseFloor(Yard.candidate, to: 6)
            try await keeper.shrinkStable(minimum: 1)
            try await keeper.removeStable(backup)
            try await keeper.releaseFloor(backup)
            try await keeper.unsealAll()
            #expect(Set(yard.pods) == ["v2"])
            #expect(yard.object(.deployment, Yard.stable) == nil)
            #expect(yard.object(.autoscaler, Yard.stable) == nil)
            #expect(yard.object(.autoscaler, Yard.candidate)?.minReplicas == 3)
            #expect(yard.object(.configMap, "demo-settings") != nil)
            #expect(yard.sealed == [])
        }
    }

    /// Only the Deployment and the autoscaler that the backup holds are removed.
    @Test func whatWasMadeAnewIsNotRemoved() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            let client = yard.client()
            let old = try #require(yard.object(.deployment, Yard.stable))
            try await client.delete(old, as: .deployment)
            _ = try await client.create(
                KubernetesObject(DemoWorld.deployment(version: "v1")), as: .deployment)
            #expect(
                try await keeper.verify(backup)
                    == ["Deployment demo/demo-app-v1 was removed and made anew"])
            try await keeper.removeStable(backup)
            #expect(yard.object(.deployment, Yard.stable)?.isBeingDeleted == false)
            #expect(yard.object(.autoscaler, Yard.stable) == nil)
        }
    }

    @Test(arguments: [PodBehaviour.crash, .unpullable])
    func aBrokenCandidateIsNamed(_ behaviour: PodBehaviour) throws {
        try inYard { yard in
            yard.behave(behaviour, Yard.candidate)
            let keeper = yard.keeper(try Yard.scope())
            try await keeper.applyCandidate()
            let setback = await #expect(throws: Setback.self) {
                _ = try await keeper.awaitReady(Yard.candidate)
            }
            #expect(setback?.kind == .candidateBroken)
            #expect(setback?.reason.contains("demo-app-v2-") == true)
            #expect(yard.clock.now < .seconds(60))
        }
    }

    @Test(arguments: [PodBehaviour.flap, .neverReady])
    func neverReadyIsNeverReady(_ behaviour: PodBehaviour) throws {
        try inYard { yard in
            yard.behave(behaviour, Yard.candidate)
            // The Lab's pods flap every 5 s: three looks must take longer than that.
            let keeper = yard.keeper(try Yard.scope(), poll: .seconds(3))
            try await keeper.applyCandidate()
            await #expect(throws: OutOfTime.self) {
                _ = try await within(.seconds(300), by: yard.clock) {
                    try await keeper.awaitReady(Yard.candidate)
                }
            }
        }
    }

    @Test func everyVerbTwice() throws {
        try inYard { yard in
            let scope = try Yard.scope(extra: [settings()])
            let keeper = yard.keeper(scope)
            let backup = try await keeper.backUp()
            for epoch in 1...2 {
                let keeper = yard.keeper(scope, epoch: epoch)
                try await keeper.claimAll()
                try await keeper.holdStable(minimum: 3)
                try await keeper.applyCandidate()
                _ = try await keeper.awaitReady(Yard.candidate)
                try await keeper.giveAutoscaler()
                try await keeper.raiseFloor(Yard.candidate, to: 4)
                _ = try await keeper.awaitCapacity(Yard.candidate, 4)
                try await keeper.shrinkStable(minimum: 2)
                try await keeper.awaitShrunk(minimum: 2)
            }
            await #expect(throws: KubernetesError.self) {
                try await keeper.shrinkStable(minimum: 1)
            }
            for epoch in 3...4 {
                let keeper = yard.keeper(scope, epoch: epoch)
                try await keeper.claimAll()
                try await keeper.removeCandidate()
                try await keeper.restoreStable(backup)
                try await keeper.unsealAll()
                #expect(try await keeper.verify(backup) == [])
            }
            #expect(yard.sealed == [])
        }
    }

    /// The backup travels through the journal as a tree.
    @Test func aBackupIsATree() throws {
        try inYard { yard in
            let backup = try await yard.keeper(try Yard.scope()).backUp()
            #expect(WorkloadBackup(tree: backup.tree) == backup)
            #expect(WorkloadBackup(tree: ["stable": nil]) == nil)
        }
    }
}
