import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import Workloads

/// KEDA scales stable: its ScaledObject is what a run writes, and never KEDA's own autoscaler.
struct KedaTests {
    private static func scaledObject(
        _ version: String, annotations: JSONTree? = nil, config: String? = nil
    ) -> JSONTree {
        let name: JSONTree = .string("demo-app-\(version)")
        var spec: JSONTree = [
            "scaleTargetRef": ["name": name], "minReplicaCount": 2, "maxReplicaCount": 8,
            "triggers": [["type": "cpu", "metadata": ["value": "60"]]],
        ]
        if let config {
            spec.set(
                .string(config), at: "advanced", "horizontalPodAutoscalerConfig", "name")
        }
        var metadata: JSONTree = ["name": name, "namespace": "demo"]
        metadata["annotations"] = annotations
        return [
            "apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": metadata,
            "spec": spec,
        ]
    }

    private static let number = "autoscaling.keda.sh/paused-replicas"

    private static func inKeda(
        _ object: JSONTree = scaledObject("v1"), extra: [JSONTree] = [],
        _ story: @escaping @Sendable (Yard, WorkloadKeeper) async throws -> Void
    ) throws {
        try inYard(without: "HorizontalPodAutoscaler", with: [object]) { yard in
            var scope = try Yard.scope(extra: extra)
            #expect(try await yard.keeper(scope).survey().isScaledByKEDA)
            scope.isScaledByKEDA = true
            try await story(yard, yard.keeper(scope))
        }
    }

    /// Held at its size, let down, brought up again and put back, without a trace.
    @Test func stableIsPausedAndResumed() throws {
        try Self.inKeda { yard, keeper in
            let backup = try await keeper.backUp()
            #expect(backup.autoscaler?.kind == "ScaledObject")
            let before = try #require(yard.object(.scaledObject, Yard.stable))
            func paused() -> String? {
                yard.object(.scaledObject, Yard.stable)?.annotation(Self.number)
            }
            try await keeper.claimAll()
            #expect(yard.pods.count == 2)
            for _ in 0..<2 { try await keeper.holdStable(minimum: 1) }
            // A pause takes none of the two away.
            #expect(paused() == "2")
            try await keeper.shrinkStable(minimum: 1)
            #expect(paused() == "1")
            try await keeper.awaitShrunk(minimum: 1)
            #expect(yard.pods.count == 1)
            try await keeper.raiseStable(to: 4)
            #expect(try await keeper.awaitCapacity(Yard.stable, 4) == 4)
            for _ in 0..<2 { try await keeper.restoreStable(backup) }
            try await keeper.unsealAll()
            let after = try #require(yard.object(.scaledObject, Yard.stable))
            #expect(after.spec == before.spec)
            #expect(after.tree.at("metadata", "annotations") == nil)
            #expect(yard.sealed == [])
            #expect(try await keeper.verify(backup) == [])
            // KEDA is at work again.
            #expect(try await yard.sees { $0.object(.autoscaler, "keda-hpa-demo-app-v1") != nil })
        }
    }

    /// Paused at three, and taken down by hand all the same.
    @Test func stableThatWasScaledToNothingComesBack() throws {
        try Self.inKeda { yard, keeper in
            try await keeper.claimAll()
            try await keeper.raiseStable(to: 3)
            #expect(try await keeper.awaitCapacity(Yard.stable, 3) == 3)
            try await yard.edit(.deployment, Yard.stable) { $0.spec["replicas"] = 0 }
            #expect(try await keeper.raiseStable(to: 3) == 3)
            #expect(try await keeper.awaitCapacity(Yard.stable, 3) == 3)
        }
    }

    /// Whoever had paused it finds it paused as it was.
    @Test func somebodysPauseComesBack() throws {
        let object = Self.scaledObject("v1", annotations: [Self.number: "3"])
        try Self.inKeda(object) { yard, keeper in
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.raiseStable(to: 5)
            try await keeper.restoreStable(backup)
            #expect(
                yard.object(.scaledObject, Yard.stable)?.annotation(Self.number) == "3")
            #expect(try await keeper.verify(backup) == [])
            // An edit of somebody else is named.
            try await yard.edit(.scaledObject, Yard.stable) { $0.annotate(Self.number, "7") }
            let said = try await keeper.verify(backup)
            #expect(said.count == 1)
            #expect(said.first?.contains("was 3, is 7") == true)
        }
    }

    /// A pause of the middle of a run is theirs: raised where users need it, and never taken off.
    @Test(arguments: ["0", "7"]) func aPauseOfMeanwhileStays(_ number: String) throws {
        try Self.inKeda { yard, keeper in
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.holdStable(minimum: 2)
            try await yard.edit(.scaledObject, Yard.stable) { $0.annotate(Self.number, number) }
            let setback = await #expect(throws: Setback.self) {
                try await keeper.shrinkStable(minimum: 1)
            }
            #expect(setback?.kind == .foreignEdit)
            for count in [2, 4] { try await keeper.raiseStable(to: count) }
            for _ in 0..<2 { try await keeper.restoreStable(backup) }
            try await keeper.unsealAll()
            let stays = number == "0" ? "4" : number
            #expect(
                yard.object(.scaledObject, Yard.stable)?.annotation(Self.number) == stays)
            let said = try await keeper.verify(backup)
            #expect(said.first?.contains("was not there, is \(stays)") == true)
        }
    }

    /// What an operator had paused is paused at the end, there and back.
    @Test func anOperatorsPauseOutlivesTheRun() throws {
        let object = Self.scaledObject("v1", annotations: [Self.number: "3"])
        try Self.inKeda(object) { yard, keeper in
            _ = try await yard.sees { $0.pods.count == 3 }
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.holdStable(minimum: 3)
            try await keeper.applyCandidate()
            try await keeper.giveAutoscaler()
            #expect(
                yard.object(.scaledObject, Yard.candidate)?.annotation(Self.number) == nil)
            for _ in 0..<2 { try await keeper.releaseFloor(backup) }
            #expect(
                yard.object(.scaledObject, Yard.candidate)?.annotation(Self.number) == "3")
            // Another pause of stable's is another's.
            try await yard.edit(.scaledObject, Yard.stable) { $0.annotate(Self.number, "1") }
            try await keeper.raiseStable(to: 3)
            try await keeper.restoreStable(backup)
            #expect(
                yard.object(.scaledObject, Yard.stable)?.annotation(Self.number) == "3")
        }
    }

    /// The candidate's ScaledObject is like stable's, with an autoscaler of its own and never paused.
    @Test func theCandidateGetsOneLikeIt() throws {
        try Self.inKeda(Self.scaledObject("v1", config: "demo")) { yard, keeper in
            let backup = try await keeper.backUp()
            try await keeper.claimAll()
            try await keeper.holdStable(minimum: 3)
            try await keeper.applyCandidate()
            for _ in 0..<2 { try await keeper.giveAutoscaler() }
            let twin = try #require(yard.object(.scaledObject, Yard.candidate))
            #expect(twin.scales(Yard.candidate))
            #expect(twin.spec["minReplicaCount"] == 3)
            #expect(twin.annotation(Self.number) == nil)
            #expect(twin.spec.at("advanced", "horizontalPodAutoscalerConfig", "name") == nil)
            try await keeper.raiseFloor(Yard.candidate, to: 5)
            #expect(
                yard.object(.scaledObject, Yard.candidate)?.spec["minReplicaCount"] == 5)
            #expect(try await keeper.awaitCapacity(Yard.candidate, 5) == 5)
            await #expect(throws: Setback.self) {
                try await keeper.raiseFloor(Yard.candidate, to: 9)
            }
            // Promoted: the floor goes back to what stable had.
            try await keeper.releaseFloor(backup)
            #expect(
                yard.object(.scaledObject, Yard.candidate)?.spec["minReplicaCount"] == 2)
            // Or home: it goes with the rest.
            try await keeper.removeCandidate()
            #expect(yard.object(.scaledObject, Yard.candidate) == nil)
            #expect(yard.pods == ["v1", "v1", "v1"])
        }
    }

    /// Nobody but KEDA writes its autoscaler.
    @Test func kedasOwnIsNotTouched() throws {
        try Self.inKeda { yard, keeper in
            try await keeper.claimAll()
            try await keeper.holdStable(minimum: 3)
            let writers = Set(
                yard.world.history().filter {
                    $0.reference.kind.kind == "HorizontalPodAutoscaler"
                }.map(\.manager))
            #expect(writers.isSubset(of: ["lab/keda", "lab/autoscaler"]))
            #expect(try await yard.sees { $0.object(.autoscaler, "keda-hpa-demo-app-v1") == nil })
        }
    }

    /// A cluster without KEDA is not asked for its objects, and nothing is said of it.
    @Test func withoutKEDAThereIsNone() throws {
        try inYard { yard in
            let survey = try await yard.keeper(try Yard.scope()).survey()
            #expect(!survey.isScaledByKEDA)
        }
    }

    /// Beside an autoscaler of somebody else it is one too many.
    @Test func twoScalersAreRefused() throws {
        try inYard(with: [Self.scaledObject("v1")]) { yard in
            let survey = try await yard.keeper(try Yard.scope()).survey()
            #expect(
                survey.refusals.map(\.code) == [
                    .severalAutoscalers(["demo-app-v1", "demo-app-v1"])
                ])
        }
    }
}
