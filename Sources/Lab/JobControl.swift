internal import JSONTree
internal import Manifests

/// The Job controller: one pod for each Job, whose first container ends as an annotation says.
///
/// Further containers run on, as sidecars do: the Job then lasts until somebody removes it.
extension LabCluster {
    /// On the pod template: the exit code, 0 where nothing is said.
    static let exitAnnotation = "lab.theseus.dev/exit"

    func isOfJob(_ pod: KubernetesObject?) -> Bool {
        pod?.tree.at("metadata", "ownerReferences")?.items?
            .contains { $0["controller"] == true && $0["kind"] == "Job" } ?? false
    }

    mutating func syncJob(_ key: Key) {
        guard let job = shelves[LabCatalog.jobs][key], !job.isBeingDeleted else { return }
        let pods = shelves[LabCatalog.pods].objects.filter {
            $0.namespace == key.namespace && isOwned($0, by: job.uid)
        }
        guard let pod = pods.first else { return makePod(ofJob: job) }
        let phase = pod.status["phase"]?.text
        let stamp = timestamp
        amend(LabCatalog.jobs, key, by: Controller.job) { tree in
            switch phase {
            case "Succeeded": tree["status"] = ["succeeded": 1, "completionTime": .string(stamp)]
            case "Failed":
                tree["status"] = [
                    "failed": 1,
                    "conditions": [
                        [
                            "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded",
                            "message": "Job has reached the specified backoff limit",
                        ]
                    ],
                ]
            default: tree["status"] = ["active": 1]
            }
        }
    }

    private mutating func makePod(ofJob job: KubernetesObject) {
        let template = job.spec["template"] ?? [:]
        let name = "\(job.name)-\(suffix(5))"
        var metadata: JSONTree = [
            "creationTimestamp": .string(timestamp), "generateName": .string(job.name + "-"),
            "labels": template.at("metadata", "labels") ?? [:], "name": .string(name),
            "namespace": .string(job.namespace),
            "ownerReferences": [Self.ownerReference(job)], "uid": .string(issueUID()),
        ]
        metadata["annotations"] = template.at("metadata", "annotations")
        let tree: JSONTree = [
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
            "spec": template["spec"] ?? [:],
        ]
        let key = Key(namespace: job.namespace, name: name)
        guard shelves[LabCatalog.pods][key] == nil else { return }
        store(tree, in: LabCatalog.pods, at: key, by: Controller.job)
    }

    /// The first container ends; a pod of one container ends with it.
    mutating func finish(_ key: Key, _ pod: KubernetesObject) {
        let code = pod.annotation(Self.exitAnnotation).flatMap { Int($0) } ?? 0
        let stamp = timestamp
        amend(LabCatalog.pods, key, by: Controller.node) { tree in
            var statuses = tree.at("status", "containerStatuses")?.items ?? []
            guard !statuses.isEmpty else { return }
            statuses[0]["state"] = [
                "terminated": [
                    "exitCode": .integer(code), "reason": code == 0 ? "Completed" : "Error",
                    "finishedAt": .string(stamp),
                ]
            ]
            for index in statuses.indices.dropFirst() {
                statuses[index]["state"] = ["running": ["startedAt": .string(stamp)]]
            }
            let isOver = statuses.count == 1
            tree.set(.array(statuses), at: "status", "containerStatuses")
            let phase = isOver ? (code == 0 ? "Succeeded" : "Failed") : "Running"
            tree.set(.string(phase), at: "status", "phase")
        }
    }
}
