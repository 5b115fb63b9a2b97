internal import JSONTree
internal import Manifests

/// The ReplicaSet controller: as many pods as asked for, and a count of those that are ready.
extension LabCluster {
    mutating func syncReplicaSet(_ key: Key) {
        guard let set = shelves[LabCatalog.replicaSets][key], !set.isBeingDeleted else { return }
        let pods = pods(of: set, in: key.namespace)
        let wanted = set.spec["replicas"]?.whole ?? 1
        if pods.count == wanted { return count(pods, of: set, key) }
        if pods.count < wanted {
            for _ in pods.count..<wanted { makePod(for: set) }
        } else {
            for pod in lastWanted(pods).prefix(pods.count - wanted) {
                let home = Key(namespace: key.namespace, name: pod.name)
                terminate(home, pod, grace: nil, by: Controller.replicaSet)
            }
        }
        count(self.pods(of: set, in: key.namespace), of: set, key)
    }

    private func pods(of set: KubernetesObject, in namespace: String) -> [KubernetesObject] {
        let uid = set.uid
        return shelves[LabCatalog.pods].objects(in: namespace).filter {
            isOwned($0, by: uid) && !$0.isBeingDeleted
        }
    }

    /// The pods that may go first: those that are not ready, then the newest.
    private func lastWanted(_ pods: [KubernetesObject]) -> [KubernetesObject] {
        func rank(_ pod: KubernetesObject) -> (Int, Int, String) {
            (Self.isReady(pod) ? 1 : 0, -(lives[pod.uid]?.born.milliseconds ?? 0), pod.name)
        }
        return pods.sorted { rank($0) < rank($1) }
    }

    private mutating func count(
        _ pods: [KubernetesObject], of set: KubernetesObject, _ key: Key
    ) {
        let ready = pods.filter(Self.isReady)
        let patience = Duration.seconds(set.spec["minReadySeconds"]?.whole ?? 0)
        var available = 0
        for pod in ready {
            let steadyAt = (lives[pod.uid]?.readySince ?? now) + patience
            if steadyAt <= now {
                available += 1
            } else {
                agenda.add(.syncReplicaSet(key), at: steadyAt)
            }
        }
        var status: JSONTree = ["replicas": .integer(pods.count)]
        if !pods.isEmpty { status["fullyLabeledReplicas"] = .integer(pods.count) }
        if !ready.isEmpty { status["readyReplicas"] = .integer(ready.count) }
        if available > 0 { status["availableReplicas"] = .integer(available) }
        amend(LabCatalog.replicaSets, key, by: Controller.replicaSet) { tree in
            status["observedGeneration"] = tree.at("metadata", "generation")
            tree["status"] = status
        }
    }

    private mutating func makePod(for set: KubernetesObject) {
        let template = set.spec["template"] ?? [:]
        let name = "\(set.name)-\(suffix(5))"
        var metadata: JSONTree = [
            "creationTimestamp": .string(timestamp), "generateName": .string(set.name + "-"),
            "labels": template.at("metadata", "labels") ?? [:], "name": .string(name),
            "namespace": .string(set.namespace),
            "ownerReferences": [Self.ownerReference(set)], "uid": .string(issueUID()),
        ]
        metadata["annotations"] = template.at("metadata", "annotations")
        let home = shelves[LabCatalog.namespaces][Key(namespace: "", name: set.namespace)]
        if home?.label("istio-injection") == "enabled" {
            // As much as anybody sees of the proxy that every pod here has.
            metadata.set("{}", at: "annotations", "sidecar.istio.io/status")
        }
        let tree: JSONTree = [
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
            "spec": template["spec"] ?? [:],
        ]
        let key = Key(namespace: set.namespace, name: name)
        guard shelves[LabCatalog.pods][key] == nil else { return }
        store(tree, in: LabCatalog.pods, at: key, by: Controller.replicaSet)
    }
}
