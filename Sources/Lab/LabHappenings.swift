internal import JSONTree
internal import Manifests

/// What one change of an object means, in Kubernetes' own words.
extension LabCluster {
    static func happenings(_ version: StoredVersion, after before: KubernetesObject?)
        -> [LabHappening]
    {
        guard let now = version.object else { return [] }
        switch version.reference.kind {
        case .replicaSet: return scaling(now, after: before)
        case .autoscaler: return rescaling(now, after: before)
        default: return owning(now, after: before, by: version.manager) + living(now, after: before)
        }
    }

    private static func controller(of object: KubernetesObject) -> JSONTree? {
        object.tree.at("metadata", "ownerReferences")?.items?.first { $0["controller"] == true }
    }

    /// Of the owner of an object.
    private static func told(
        _ owner: JSONTree, _ home: String, _ reason: String, _ message: String, by component: String
    ) -> LabHappening {
        LabHappening(
            kind: owner["kind"]?.text ?? "", namespace: home, name: owner["name"]?.text ?? "",
            uid: owner["uid"]?.text ?? "", reason: reason, message: message, component: component)
    }

    private static func scaling(_ set: KubernetesObject, after before: KubernetesObject?)
        -> [LabHappening]
    {
        let old = before?.spec["replicas"]?.whole ?? 0
        let new = set.spec["replicas"]?.whole ?? 0
        guard old != new, let owner = controller(of: set) else { return [] }
        let way = new > old ? "up" : "down"
        return [
            told(
                owner, set.namespace, "ScalingReplicaSet",
                "Scaled \(way) replica set \(set.name) from \(old) to \(new)",
                by: "deployment-controller")
        ]
    }

    private static func rescaling(_ scaler: KubernetesObject, after before: KubernetesObject?)
        -> [LabHappening]
    {
        let stamp = scaler.status["lastScaleTime"]
        guard let stamp, stamp != before?.status["lastScaleTime"],
            let wanted = scaler.status["desiredReplicas"]?.whole
        else { return [] }
        let isMore = wanted > scaler.status["currentReplicas"]?.whole ?? 0
        let why =
            isMore
            ? "cpu resource utilization (percentage of request) above target"
            : "All metrics below target"
        return [
            LabHappening(
                kind: scaler.kind, namespace: scaler.namespace, name: scaler.name, uid: scaler.uid,
                reason: "SuccessfulRescale", message: "New size: \(wanted); reason: \(why)",
                component: "horizontal-pod-autoscaler")
        ]
    }

    /// What the ReplicaSet of a pod did.
    private static func owning(
        _ pod: KubernetesObject, after before: KubernetesObject?, by manager: String
    ) -> [LabHappening] {
        guard manager == Controller.replicaSet, let owner = controller(of: pod) else { return [] }
        let component = "replicaset-controller"
        if before == nil {
            return [
                told(
                    owner, pod.namespace, "SuccessfulCreate", "Created pod: \(pod.name)",
                    by: component)
            ]
        }
        guard pod.isBeingDeleted, before?.isBeingDeleted == false else { return [] }
        return [
            told(
                owner, pod.namespace, "SuccessfulDelete", "Deleted pod: \(pod.name)", by: component)
        ]
    }

    // MARK: Pods

    private static func living(_ pod: KubernetesObject, after before: KubernetesObject?)
        -> [LabHappening]
    {
        func told(
            _ reason: String, _ message: String, isWarning: Bool = false,
            by component: String = "kubelet"
        ) -> LabHappening {
            LabHappening(
                kind: "Pod", namespace: pod.namespace, name: pod.name, uid: pod.uid, reason: reason,
                message: message, isWarning: isWarning, component: component)
        }
        var happenings: [LabHappening] = []
        if let node = pod.spec["nodeName"]?.text, before?.spec["nodeName"] == nil {
            happenings.append(
                told(
                    "Scheduled", "Successfully assigned \(pod.namespace)/\(pod.name) to \(node)",
                    by: "default-scheduler"))
        }
        let old = before?.status["containerStatuses"]?.items ?? []
        for status in pod.status["containerStatuses"]?.items ?? [] {
            let name = status["name"]?.text ?? ""
            let image = status["image"]?.text ?? ""
            let former = old.first { $0["name"] == status["name"] }
            let waits = status.at("state", "waiting", "reason")?.text
            let waited = former?.at("state", "waiting", "reason")?.text
            let isAgain = status["restartCount"] != former?["restartCount"] && former != nil
            let begins = former?["started"] != true && status["started"] == true
            if begins || isAgain {
                let found = "Container image \"\(image)\" already present on machine"
                happenings.append(told("Pulled", found))
                happenings.append(told("Created", "Created container: \(name)"))
                happenings.append(told("Started", "Started container \(name)"))
            }
            if waits == "CrashLoopBackOff", isAgain {
                let place = "\(pod.name)_\(pod.namespace)(\(pod.uid))"
                let why = "Back-off restarting failed container \(name) in pod \(place)"
                happenings.append(told("BackOff", why, isWarning: true))
            }
            if waits == "ImagePullBackOff", waited != waits {
                let why = "Failed to pull image \"\(image)\": not found"
                happenings.append(told("Pulling", "Pulling image \"\(image)\""))
                happenings.append(told("Failed", why, isWarning: true))
                happenings.append(
                    told("BackOff", "Back-off pulling image \"\(image)\"", isWarning: true))
            }
            if begins || former?["ready"] == true, waits == nil, status["ready"] == false {
                let why = "Readiness probe failed: HTTP probe failed with statuscode: 503"
                happenings.append(told("Unhealthy", why, isWarning: true))
            }
            if pod.isBeingDeleted, before?.isBeingDeleted == false {
                happenings.append(told("Killing", "Stopping container \(name)"))
            }
        }
        return happenings
    }
}
