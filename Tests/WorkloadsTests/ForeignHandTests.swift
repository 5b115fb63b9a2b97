import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import Timekeeping
import Workloads

/// Other people's hands in the same namespace.
struct ForeignHandTests {
    @Test func anEditOfAnotherFieldStaysAndIsNamed() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.shrinkStable(minimum: 1)
            try await yard.edit(.autoscaler, Yard.stable) { $0.spec["maxReplicas"] = 12 }
            try await keeper.restoreStable(backup)
            let autoscaler = try #require(yard.object(.autoscaler, Yard.stable))
            #expect(autoscaler.minReplicas == 3)
            #expect(autoscaler.maxReplicas == 12)
            let differences = try await keeper.verify(backup)
            #expect(
                differences.map { String($0.prefix { $0 != "(" }) } == [
                    "HorizontalPodAutoscaler demo/demo-app-v1: spec.maxReplicas was 10, is 12"
                ])
        }
    }

    @Test func anEditOfOurFloorStaysAndIsNamed() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.shrinkStable(minimum: 1)
            try await yard.edit(.autoscaler, Yard.stable) { $0.spec["minReplicas"] = 2 }
            try await keeper.restoreStable(backup)
            try await keeper.unsealAll()
            #expect(yard.object(.autoscaler, Yard.stable)?.minReplicas == 2)
            #expect(try await keeper.verify(backup).count == 1)
            #expect(yard.sealed == [])
        }
    }

    @Test func aFloorThatWeNeverMovedIsNotOurs() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await yard.edit(.autoscaler, Yard.stable) { $0.spec["minReplicas"] = 4 }
            try await keeper.restoreStable(backup)
            #expect(yard.object(.autoscaler, Yard.stable)?.minReplicas == 4)
        }
    }

    @Test func whatIsEqualIsUsedAndLeftAlone() throws {
        try inYard(with: [settings()]) { yard in
            let keeper = yard.keeper(try Yard.scope(extra: [settings()]))
            try await keeper.survey().check()
            try await keeper.applyCandidate()
            try await keeper.removeCandidate()
            let left = try #require(yard.object(.configMap, "demo-settings"))
            #expect(left.seal == nil)
            #expect(yard.object(.deployment, Yard.candidate) == nil)
        }
    }

    @Test func whatIsInTheWayStopsTheRun() throws {
        try inYard(with: [settings("red")]) { yard in
            let keeper = yard.keeper(try Yard.scope(extra: [settings()]))
            let setback = await #expect(throws: Setback.self) {
                try await keeper.applyCandidate()
            }
            #expect(
                setback
                    == Setback(
                        .foreignEdit,
                        "ConfigMap demo/demo-settings is in the way: it exists and is not of this"
                            + " run; last written by world"))
            #expect(yard.object(.configMap, "demo-settings")?.seal == nil)
        }
    }

    /// Somebody took our seal off: no floor is raised there any more, but for the way home.
    @Test func withoutOurSealNoFloorIsRaised() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            try await keeper.claimAll()
            try await keeper.applyCandidate()
            try await keeper.giveAutoscaler()
            for name in [Yard.stable, Yard.candidate] {
                try await yard.edit(.autoscaler, name) { $0 = $0.unsealed }
            }
            for raise in [
                { try await keeper.holdStable(minimum: 5) },
                { try await keeper.raiseFloor(Yard.candidate, to: 5) },
            ] {
                let error = await #expect(throws: KubernetesError.self) { try await raise() }
                #expect(error?.code == .fenced(by: ""))
            }
            #expect(yard.object(.autoscaler, Yard.stable)?.minReplicas == 3)
            try await keeper.raiseStable(to: 5)
            #expect(yard.object(.autoscaler, Yard.stable)?.minReplicas == 5)
        }
    }

    @Test func withoutOurSealNoReplicasAreRaised() throws {
        try inYard(without: "HorizontalPodAutoscaler") { yard in
            let keeper = yard.keeper(try Yard.scope())
            try await keeper.applyCandidate()
            try await yard.edit(.deployment, Yard.candidate) { $0 = $0.unsealed }
            let error = await #expect(throws: KubernetesError.self) {
                try await keeper.raiseFloor(Yard.candidate, to: 5)
            }
            #expect(error?.code == .fenced(by: ""))
        }
    }

    /// What nobody can tell to be ours stays, and is named.
    @Test func aCandidateWithoutOurSealIsNamed() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            try await keeper.applyCandidate()
            try await yard.edit(.deployment, Yard.candidate) { $0 = $0.unsealed }
            try await keeper.removeCandidate()
            #expect(yard.object(.deployment, Yard.candidate) != nil)
            #expect(
                try await keeper.verify(backup) == [
                    "Deployment demo/demo-app-v2 does not carry our seal (any more) and was not"
                        + " removed"
                ])
        }
    }

    /// A create that was on its way when the candidate was removed is found by its seal.
    @Test func aLateCreateIsFound() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            try await keeper.applyCandidate()
            try await keeper.removeCandidate()
            try await keeper.applyCandidate()  // as the late one would
            #expect(try await keeper.verify(backup) == [])
            #expect(yard.object(.deployment, Yard.candidate) == nil)
            #expect(yard.pods.contains("v2") == false)
        }
    }

    @Test func anotherRunsCandidateIsNotRemoved() throws {
        try inYard { yard in
            try await yard.keeper(try Yard.scope(run: "r0")).applyCandidate()
            let keeper = yard.keeper(try Yard.scope(run: "r1"))
            try await keeper.removeCandidate()
            #expect(yard.object(.deployment, Yard.candidate)?.seal?.run == "r0")
            let codes = try await keeper.survey().refusals.map(\.code)
            #expect(codes == [.exists(differingAt: nil)])
        }
    }

    @Test func aBoundOfTheAutoscalerIsABound() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            try await keeper.applyCandidate()
            try await keeper.giveAutoscaler()
            let setback = await #expect(throws: Setback.self) {
                try await keeper.raiseFloor(Yard.candidate, to: 11)
            }
            #expect(
                setback
                    == Setback(
                        .denied,
                        "11 pods are needed, and the autoscaler demo-app-v2 allows at most 10"))
            try await keeper.raiseStable(to: 50)  // on the way home: as many as there may be
            #expect(yard.object(.autoscaler, Yard.stable)?.minReplicas == 10)
        }
    }

    @Test func withoutAutoscalerReplicasAreTheFloor() throws {
        try inYard(without: "HorizontalPodAutoscaler") { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            #expect(backup.autoscaler == nil)
            try await keeper.claimAll()
            try await keeper.holdStable(minimum: 3)
            try await keeper.applyCandidate()
            try await keeper.giveAutoscaler()
            #expect(yard.object(.autoscaler, Yard.candidate) == nil)
            try await keeper.raiseFloor(Yard.candidate, to: 4)
            try await keeper.raiseFloor(Yard.candidate, to: 2)
            #expect(try await keeper.awaitCapacity(Yard.candidate, 4) == 4)
            try await keeper.shrinkStable(minimum: 1)
            try await keeper.awaitShrunk(minimum: 1)
            try await keeper.raiseStable(to: 3)
            _ = try await keeper.awaitCapacity(Yard.stable, 3)
            try await keeper.removeCandidate()
            try await keeper.restoreStable(backup)
            try await keeper.unsealAll()
            #expect(try await keeper.verify(backup) == [])
            #expect(yard.sealed == [])
        }
    }

    /// An autoscaler leaves alone what somebody scaled to nothing, so that alone would not help.
    @Test(arguments: [nil, "HorizontalPodAutoscaler"])
    func stableThatWasScaledToNothingComesBack(without kind: String?) throws {
        try inYard(without: kind) { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.holdStable(minimum: 3)
            for _ in 0..<2 {
                try await yard.edit(.deployment, Yard.stable) { $0.spec["replicas"] = 0 }
                #expect(try await yard.sees { $0.pods.isEmpty })
                for _ in 0..<2 { #expect(try await keeper.raiseStable(to: 3) == 3) }
                #expect(try await keeper.awaitCapacity(Yard.stable, 3) == 3)
            }
            try await keeper.restoreStable(backup)
            try await keeper.unsealAll()
            #expect(try await keeper.verify(backup) == [])
            #expect(yard.object(.deployment, Yard.stable)?.replicas == 3)
            #expect(yard.sealed == [])
        }
    }

    /// Where it stands at some size, its autoscaler alone moves it.
    @Test func replicasThatAnAutoscalerMovesAreNotWritten() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            try await keeper.claimAll()
            try await keeper.raiseStable(to: 5)
            #expect(try await keeper.awaitCapacity(Yard.stable, 5) == 5)
            let stable = try #require(yard.object(.deployment, Yard.stable))
            #expect(stable.annotation(WriteSeal.prefix + "floor") == nil)
        }
    }

    /// A maximum below the minimum that stable had: as much of it as may be goes back, and it is said.
    @Test func aMaximumThatWasLoweredStays() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.shrinkStable(minimum: 1)
            try await yard.edit(.autoscaler, Yard.stable) { $0.spec["maxReplicas"] = 2 }
            #expect(try await keeper.raiseStable(to: 3) == 2)
            #expect(yard.object(.autoscaler, Yard.stable)?.minReplicas == 2)
            try await keeper.restoreStable(backup)
            try await keeper.unsealAll()
            #expect(yard.object(.autoscaler, Yard.stable)?.minReplicas == 2)
            let said = try await keeper.verify(backup).joined(separator: "; ")
            #expect(said.contains("spec.maxReplicas"))
            #expect(yard.sealed == [])
        }
    }

    /// Bounds of it that somebody lowered turn the run; raised ones are told, and stay.
    @Test func theCandidatesBoundsAreMissed() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            let backup = try await keeper.backUp()
            try await keeper.applyCandidate()
            try await keeper.giveAutoscaler()
            try await keeper.raiseFloor(Yard.candidate, to: 4)
            func look() async throws -> String? {
                try keeper.requireAutoscaler(try await keeper.scalers())
            }
            #expect(try await look() == nil)
            for (name, lowered) in [("minReplicas", 3), ("maxReplicas", 9)] {
                let given = yard.object(.autoscaler, Yard.candidate)?.spec[name]
                try await yard.edit(.autoscaler, Yard.candidate) {
                    $0.spec[name] = .integer(lowered)
                }
                let setback = await #expect(throws: Setback.self) { try await look() }
                #expect(setback?.kind == .foreignEdit)
                #expect(
                    setback?.reason.contains("has \(name) \(lowered), and this run gave") == true)
                try await yard.edit(.autoscaler, Yard.candidate) { $0.spec[name] = given }
            }
            try await yard.edit(.autoscaler, Yard.candidate) {
                $0.spec["minReplicas"] = 6
                $0.spec["maxReplicas"] = 20
            }
            let said = try #require(try await look())
            #expect(said.contains("minReplicas 6, and this run gave it 4"))
            #expect(said.contains("maxReplicas 20, and this run gave it 10"))
            try await keeper.releaseFloor(backup)
            #expect(yard.object(.autoscaler, Yard.candidate)?.minReplicas == 6)
            try await keeper.unsealAll()
            #expect(
                yard.object(.autoscaler, Yard.candidate)?.tree.at("metadata", "annotations") == nil)
        }
    }

    /// What holds stable, and what its users need, is looked at; nothing is written.
    @Test func stableIsMissed() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            try await keeper.claimAll()
            try await keeper.holdStable(minimum: 3)
            let half = TrafficWeight(percent: 50) ?? .all
            let needs = StableNeeds(share: half, ofStableReady: 3, isHeld: true)
            func reason() async throws -> String? {
                do {
                    try await keeper.requireStable(needs, try await keeper.scalers())
                    return nil
                } catch let setback as Setback {
                    #expect(setback.kind == .foreignEdit)
                    return setback.reason
                }
            }
            #expect(try await reason() == nil)
            try await yard.edit(.autoscaler, Yard.stable) { $0.spec["minReplicas"] = 2 }
            #expect(
                try await reason()?.hasPrefix(
                    "somebody took off what holds stable at 3 pods: HorizontalPodAutoscaler"
                        + " demo/demo-app-v1 has minReplicas 2") == true)
            // Its pods alone are asked after where nothing else is known.
            try await keeper.requireStable(needs)
            try await yard.edit(.autoscaler, Yard.stable) { $0.spec["minReplicas"] = 3 }
            try await yard.edit(.deployment, Yard.stable) { $0.spec["replicas"] = 0 }
            #expect(
                try await reason()?.hasPrefix(
                    "somebody scaled stable demo-app-v1 to 0 pods, and the 50% of users that it has"
                        + " need 2") == true)
            let said = try await keeper.upholdStable(at: 3)
            #expect(said?.hasSuffix("; it is brought to 3 again") == true)
            #expect(try await keeper.upholdStable(at: 3) == nil)
            #expect(yard.object(.deployment, Yard.stable)?.replicas == 3)
            let stable = ObjectReference(.deployment, namespace: "demo", name: Yard.stable)
            yard.world.reach { $0.cluster.remove(stable, by: "kubectl") }
            #expect(
                try await reason() == "Deployment demo/demo-app-v1 is gone: somebody deleted it")
        }
    }

    /// A candidate that somebody took its autoscaler from is not what was judged.
    @Test func theCandidatesAutoscalerIsMissed() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            try await keeper.applyCandidate()
            try await keeper.giveAutoscaler()
            try keeper.requireAutoscaler(try await keeper.scalers())
            try await yard.edit(.autoscaler, Yard.candidate) { $0 = $0.unsealed }
            let other = await #expect(throws: Setback.self) {
                try keeper.requireAutoscaler(try await keeper.scalers())
            }
            #expect(other?.kind == .foreignEdit)
            #expect(
                other?.reason.hasPrefix(
                    "HorizontalPodAutoscaler demo/demo-app-v2 is not the autoscaler that this run"
                        + " gave demo-app-v2") == true)
            let there = try #require(yard.object(.autoscaler, Yard.candidate))
            try await yard.client().delete(there, as: .autoscaler)
            let gone = await #expect(throws: Setback.self) {
                try keeper.requireAutoscaler(try await keeper.scalers())
            }
            #expect(
                gone
                    == Setback(
                        .foreignEdit,
                        "the autoscaler that this run gave demo-app-v2 was removed by somebody"
                            + " else"))
        }
    }

    @Test func aFirstReleaseLeavesNothing() throws {
        try inYard(without: "Deployment") { yard in
            let keeper = yard.keeper(try Yard.scope(stable: nil))
            let terms = WorkloadSurvey.Terms(isFirstRelease: true)
            try await keeper.survey(terms).check()
            let backup = try await keeper.backUp(isFirstRelease: true)
            try await keeper.claimAll()
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            try await keeper.removeCandidate()
            try await keeper.restoreStable(backup)
            try await keeper.unsealAll()
            #expect(try await keeper.verify(backup) == [])
            #expect(yard.pods == [])
        }
    }
}
