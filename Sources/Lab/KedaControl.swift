internal import JSONTree
internal import Manifests

/// KEDA: keeps for each ScaledObject an autoscaler of its own, and takes it away while it is paused.
///
/// Of its triggers only the one for CPU is known: all others are content with the minimum. What
/// somebody else does to its autoscaler it undoes.
extension LabCluster {
    mutating func stirScaledObjects(of deployment: Key) {
        for scaled in shelves[LabCatalog.scaledObjects].objects
        where scaled.namespace == deployment.namespace
            && scaled.spec.at("scaleTargetRef", "name")?.text == deployment.name
        {
            soon(.syncScaledObject(Key(namespace: scaled.namespace, name: scaled.name)))
        }
    }

    mutating func syncScaledObject(_ key: Key) {
        guard let scaled = shelves[LabCatalog.scaledObjects][key], !scaled.isBeingDeleted else {
            return
        }
        let own = Key(
            namespace: key.namespace,
            name: scaled.spec.at("advanced", "horizontalPodAutoscalerConfig", "name")?.text
                ?? "keda-hpa-\(key.name)")
        let there = shelves[LabCatalog.autoscalers][own]
        let isOurs = there.map { isOwned($0, by: scaled.uid) } ?? true
        guard isOurs else { return }
        let number = scaled.annotation("autoscaling.keda.sh/paused-replicas").flatMap { Int($0) }
        if number != nil || scaled.annotation("autoscaling.keda.sh/paused") == "true" {
            erase(LabCatalog.autoscalers, own, by: Controller.keda)
            if let number { scale(scaled, to: number) }
            return
        }
        if there == nil {
            let metadata: JSONTree = [
                "creationTimestamp": .string(timestamp), "name": .string(own.name),
                "namespace": .string(own.namespace),
                "ownerReferences": [Self.ownerReference(scaled)], "uid": .string(issueUID()),
            ]
            store(
                [
                    "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                    "metadata": metadata, "spec": Self.autoscaler(of: scaled),
                ], in: LabCatalog.autoscalers, at: own, by: Controller.keda)
        } else {
            amend(LabCatalog.autoscalers, own, by: Controller.keda) {
                $0["spec"] = Self.autoscaler(of: scaled)
            }
        }
    }

    private mutating func scale(_ scaled: KubernetesObject, to count: Int) {
        let target = Key(
            namespace: scaled.namespace,
            name: scaled.spec.at("scaleTargetRef", "name")?.text ?? "")
        amend(LabCatalog.deployments, target, by: Controller.keda) {
            $0.set(.integer(count), at: "spec", "replicas")
        }
    }

    private static func autoscaler(of scaled: KubernetesObject) -> JSONTree {
        let target = scaled.spec["scaleTargetRef"] ?? [:]
        let goals = (scaled.spec["triggers"]?.items ?? []).filter { $0["type"] == "cpu" }
            .compactMap { $0.at("metadata", "value")?.text.flatMap { Int($0) } }
        return [
            "minReplicas": .integer(max(1, scaled.spec["minReplicaCount"]?.whole ?? 0)),
            "maxReplicas": .integer(scaled.spec["maxReplicaCount"]?.whole ?? 100),
            "scaleTargetRef": [
                "apiVersion": target["apiVersion"] ?? "apps/v1",
                "kind": target["kind"] ?? "Deployment", "name": target["name"] ?? "",
            ],
            "metrics": .array(
                goals.map { goal in
                    [
                        "type": "Resource",
                        "resource": [
                            "name": "cpu",
                            "target": [
                                "type": "Utilization", "averageUtilization": .integer(goal),
                            ],
                        ],
                    ]
                }),
        ]
    }
}
