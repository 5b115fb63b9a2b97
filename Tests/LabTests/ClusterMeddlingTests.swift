import HTTPMessages
import JSONTree
import Lab
import Manifests
import Testing

struct ClusterMeddlingTests {
    private static let route = ObjectReference(
        .virtualService, namespace: "demo", name: "demo-app")

    private static func hosts(_ hand: ClusterHand) -> JSONTree? {
        hand.world.reach { $0.cluster.object(route)?.spec["hosts"] }
    }

    @Test func aPersonsEditIsARealWrite() {
        let hand = ClusterHand()
        let before = hand.world.reach { $0.cluster.object(Self.route) }
        let isDone = hand.world.reach {
            $0.cluster.edit(Self.route, by: "kubectl-edit") { $0.spec["hosts"] = ["x"] }
        }
        let after = hand.world.reach { $0.cluster.object(Self.route) }
        #expect(isDone)
        #expect(after?.generation == (before?.generation ?? 0) + 1)
        #expect(after?.resourceVersion != before?.resourceVersion)
        #expect(hand.world.history().last?.manager == "kubectl-edit")
        #expect(after?.lastWriter == "kubectl-edit")
    }

    @Test func whatTheAPIServerRefusesIsRefusedThereToo() {
        let hand = ClusterHand()
        let isDone = hand.world.reach {
            $0.cluster.edit(Self.route, by: "kubectl-edit") { $0.spec["http"] = [] }
        }
        #expect(!isDone)
    }

    @Test func aGitOpsToolPutsBackWhatSomebodyChanged() throws {
        let hand = ClusterHand()
        let original = Self.hosts(hand)
        hand.world.reach {
            $0.cluster.keep(Self.route, putBackAfter: .seconds(3), by: "argocd-controller")
        }
        try hand.run { hand in
            _ = try await hand.ask(
                "PATCH", ClusterHand.routes + "/demo-app", ["spec": ["hosts": ["x"]]],
                type: "merge-patch+json")
            try await hand.clock.sleep(for: .milliseconds(2900))
            #expect(Self.hosts(hand) == ["x"])
            try await hand.clock.sleep(for: .milliseconds(200))
            #expect(Self.hosts(hand) == original)
        }
        #expect(hand.world.history().last?.manager == "argocd-controller")
    }

    @Test func objectsComeAndGoByHand() throws {
        let hand = ClusterHand()
        let rule = ObjectReference(.destinationRule, namespace: "demo", name: "demo-app")
        hand.world.reach {
            $0.cluster.put(
                KubernetesObject([
                    "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
                    "metadata": ["name": "demo-app", "namespace": "demo"],
                    "spec": ["host": "demo-app"],
                ]), as: .destinationRule, by: "somebody")
        }
        #expect(hand.world.reach { $0.cluster.object(rule)?.uid.isEmpty } == false)
        hand.world.reach { $0.cluster.remove(rule, by: "somebody") }
        #expect(hand.world.reach { $0.cluster.object(rule) } == nil)
    }
}
