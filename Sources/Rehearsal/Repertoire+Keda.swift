internal import CanaryEngine
internal import JSONTree
internal import Lab

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

    static let bothWithKEDA = both(onCandidate: 40) {
        $0["objects"] = .array(byKEDA($0["objects"]?.items ?? []))
    }
}
