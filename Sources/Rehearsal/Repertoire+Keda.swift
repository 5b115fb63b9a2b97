internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// KEDA scales stable: paused while it is held, cloned for the candidate, and put back.
extension Repertoire {
    static let keda: [Scenario] = [
        Scenario("keda", flow: DemoFlow.short, world: DemoVariations.withKEDA, ends: .promoted),
        Scenario(
            "keda-back", flow: DemoFlow.short, version: "v3", world: DemoVariations.withKEDA,
            ends: .rolledBack
        ).with { $0.highestWeight = .least },
        Scenario(
            "keda-abort-after-shrink", flow: DemoFlow.text(), world: DemoVariations.withKEDA,
            events: [
                .init(.upon(after: .seconds(60)) { $0.isBaking(at: 100) }, .wish(.abort))
            ], ends: .rolledBack),
        // An operator had paused it: so it is in the end, there and back.
        Scenario(
            "keda-paused", flow: DemoFlow.short, world: DemoVariations.pausedKEDA, ends: .promoted),
        Scenario(
            "keda-paused-back", flow: DemoFlow.short, version: "v3",
            world: DemoVariations.pausedKEDA, ends: .rolledBack
        ).with { $0.highestWeight = .least },
        // Somebody's pause at nothing leaves half of the users without anybody: it is raised, and stays.
        Scenario(
            "keda-paused-meanwhile", flow: DemoFlow.short, world: DemoVariations.withKEDA,
            events: [
                .init(
                    .upon(after: .seconds(5)) { $0.isBaking(at: 50) },
                    .world { state in
                        let scaled = ObjectReference(
                            .scaledObject, namespace: "demo", name: "demo-app-v1")
                        state.cluster.edit(scaled, by: "kubectl-annotate") {
                            $0.annotate("autoscaling.keda.sh/paused-replicas", "0")
                        }
                    })
            ], ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.mayLoseRequests = true
            $0.highestWeight = half
            $0.saying = "annotation autoscaling.keda.sh/paused-replicas was not there, is 3"
        },
        Scenario(
            "keda-removal", flow: DemoFlow.bare,
            world: DemoVariations.bothWithKEDA, ends: .promoted
        ).with { $0.removal = .forced },
    ]
}

extension DemoVariations {
    /// KEDA in place of the autoscalers that are there.
    private static func byKEDA(_ objects: [JSONTree]) -> [JSONTree] {
        objects.map { object in
            guard object["kind"] == "HorizontalPodAutoscaler" else { return object }
            return [
                "apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject",
                "metadata": object["metadata"] ?? [:],
                "spec": [
                    "scaleTargetRef": ["name": object.at("metadata", "name") ?? ""],
                    "minReplicaCount": object.at("spec", "minReplicas") ?? 1,
                    "maxReplicaCount": object.at("spec", "maxReplicas") ?? 10,
                    "triggers": [
                        [
                            "type": "cpu", "metricType": "Utilization",
                            "metadata": ["value": "60"],
                        ]
                    ],
                ],
            ]
        }
    }

    static let withKEDA = world { $0["objects"] = .array(byKEDA($0["objects"]?.items ?? [])) }

    static let pausedKEDA = world { tree in
        tree["objects"] = .array(byKEDA(tree["objects"]?.items ?? []))
        object("ScaledObject", in: &tree) { scaled in
            scaled.set(
                "3", at: "metadata", "annotations", "autoscaling.keda.sh/paused-replicas")
            return scaled
        }
    }

    static let bothWithKEDA = both(onCandidate: 40) {
        $0["objects"] = .array(byKEDA($0["objects"]?.items ?? []))
    }
}
