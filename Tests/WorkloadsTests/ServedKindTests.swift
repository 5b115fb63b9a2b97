import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

@testable import Workloads

struct ServedKindTests {
    @Test(arguments: [
        ([], "autoscaling/v2", "policy/v1"),
        (["autoscaling/v2"], "autoscaling/v2beta2", "policy/v1"),
        (
            ["autoscaling/v2", "autoscaling/v2beta2", "policy/v1"], "autoscaling/v1",
            "policy/v1beta1"
        ),
    ])
    func isTheNewestThatThereIs(unserved: [String], autoscaler: String, budget: String) throws {
        try inYard(unserved: unserved) { yard in
            let keeper = yard.keeper(try Yard.scope())
            #expect(try await keeper.served(.autoscaler).apiVersion == autoscaler)
            #expect(try await keeper.served(.disruptionBudget).apiVersion == budget)
            #expect(try await keeper.served(.deployment) == .deployment)
            #expect(try await keeper.autoscaler(of: Yard.stable)?.apiVersion == autoscaler)
        }
    }

    /// Where discovery says nothing for a while, nobody concludes that there is no autoscaler.
    @Test func waitsForAnAnswer() throws {
        try inYard(unserved: ["autoscaling/v2", "autoscaling/v2beta2", "autoscaling/v1"]) { yard in
            let keeper = yard.keeper(try Yard.scope())
            async let found = keeper.served(.autoscaler)
            try await yard.clock.sleep(for: .seconds(5))
            yard.world.reach { $0.cluster.unserved = [] }
            #expect(try await found.apiVersion == "autoscaling/v2")
        }
    }

    /// The metrics of an autoscaler are nothing that `autoscaling/v1` could say.
    @Test func refusesWhatTheClusterCannotKeep() throws {
        try inYard(unserved: ["autoscaling/v2", "autoscaling/v2beta2"]) { yard in
            let scope = try Yard.scope(extra: [DemoWorld.autoscaler(version: "v2")])
            let refusal = await #expect(throws: WorkloadRefusal.self) {
                try await yard.keeper(scope).survey()
            }
            #expect(refusal?.code == .otherVersion("autoscaling/v1"))
        }
    }

    /// What v1 has no fields for stands in its annotations: the candidate's has them too.
    @Test func theTwinSaysAllThatItsModelSays() throws {
        try inYard(unserved: ["autoscaling/v2", "autoscaling/v2beta2"]) { yard in
            let name = "autoscaling.alpha.kubernetes.io/metrics"
            try await yard.edit(
                ResourceKind.autoscaler.inVersion("v1"), Yard.stable
            ) { $0.annotate(name, "[]") }
            let keeper = yard.keeper(try Yard.scope())
            try await keeper.applyCandidate()
            try await keeper.giveAutoscaler()
            let twin = try #require(yard.object(.autoscaler, Yard.candidate))
            #expect(twin.annotation(name) == "[]")
            #expect(twin.spec.at("scaleTargetRef", "name")?.text == Yard.candidate)
        }
    }
}
