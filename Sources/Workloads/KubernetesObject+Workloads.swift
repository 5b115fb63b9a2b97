package import JSONTree
package import Manifests

extension KubernetesObject {
    /// The labels that a Deployment's pods get.
    package var templateLabels: JSONTree? {
        tree.at("spec", "template", "metadata", "labels")
    }

    /// The number of pods that a Deployment asks for; 1 where it does not say.
    package var replicas: Int { spec["replicas"]?.whole ?? 1 }

    /// An autoscaler's lower bound; where it does not say 1, and of KEDA's 0.
    package var minReplicas: Int {
        isScaledObject
            ? spec["minReplicaCount"]?.whole ?? 0 : spec["minReplicas"]?.whole ?? 1
    }

    /// An autoscaler's upper bound.
    package var maxReplicas: Int {
        isScaledObject
            ? spec["maxReplicaCount"]?.whole ?? 100 : spec["maxReplicas"]?.whole ?? .max
    }

    package var isScaledObject: Bool { kind == ResourceKind.scaledObject.kind }

    /// An autoscaler that KEDA made for a ScaledObject: it goes with that, and as that says.
    var isKEDAs: Bool {
        (tree.at("metadata", "ownerReferences")?.items ?? []).contains {
            $0["kind"]?.text == ResourceKind.scaledObject.kind
        }
    }

    /// Which pods a Deployment or PodDisruptionBudget means.
    package var podSelector: LabelSelector? { LabelSelector(spec["selector"]) }

    /// Whether this autoscaler scales the Deployment of that name.
    package func scales(_ deployment: String) -> Bool {
        let target = spec["scaleTargetRef"]
        let unsaid = isScaledObject ? ResourceKind.deployment.kind : nil
        return target?["kind"]?.text ?? unsaid == ResourceKind.deployment.kind
            && target?["name"]?.text == deployment
    }

    /// Whether this pod answers, and is not on its way out.
    package var isReadyPod: Bool {
        guard !isBeingDeleted, let conditions = status["conditions"]?.items else { return false }
        return conditions.contains {
            $0["type"]?.text == "Ready" && $0["status"]?.text == "True"
        }
    }
}
