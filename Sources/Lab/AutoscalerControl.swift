internal import JSONTree
internal import Manifests

/// The autoscaler: keeps a Deployment's size between its bounds, and where the load wants it.
extension LabCluster {
    /// Says how many pods a Deployment's load needs; nil: as few as its autoscaler allows.
    package mutating func setDemand(_ pods: Int?, namespace: String, deployment: String) {
        let key = Key(namespace: namespace, name: deployment)
        guard demands[key] != pods else { return }
        demands[key] = pods
        stirAutoscalers(of: key)
    }

    mutating func stirAutoscalers(of deployment: Key) {
        for scaler in shelves[LabCatalog.autoscalers].objects
        where scaler.namespace == deployment.namespace
            && scaler.spec.at("scaleTargetRef", "name")?.text == deployment.name
        {
            let key = Key(namespace: scaler.namespace, name: scaler.name)
            agenda.add(.syncAutoscaler(key), at: now + pace.autoscalers)
        }
    }

    mutating func syncAutoscaler(_ key: Key) {
        guard let scaler = shelves[LabCatalog.autoscalers][key],
            scaler.spec.at("scaleTargetRef", "kind") == "Deployment"
        else { return }
        let target = Key(
            namespace: key.namespace,
            name: scaler.spec.at("scaleTargetRef", "name")?.text ?? "")
        guard let deployment = shelves[LabCatalog.deployments][target] else {
            tell(key, scaler, nil, wanted: 0, isActive: false)
            return
        }
        let current = deployment.spec["replicas"]?.whole ?? 1
        guard current > 0 else {
            tell(key, scaler, 0, wanted: 0, isActive: false)
            return
        }
        let least = scaler.spec["minReplicas"]?.whole ?? 1
        let most = scaler.spec["maxReplicas"]?.whole ?? least
        let wanted = min(most, max(least, demands[target] ?? least))
        let goal = settle(key, current: min(most, max(least, current)), wanted: wanted)
        if goal != current {
            amend(LabCatalog.deployments, target, by: Controller.autoscaler) {
                $0.set(.integer(goal), at: "spec", "replicas")
            }
        }
        tell(key, scaler, current, wanted: goal, isActive: true)
    }

    /// Up at once, down only when fewer were enough for a while.
    private mutating func settle(_ key: Key, current: Int, wanted: Int) -> Int {
        guard wanted < current else {
            fewerSince[key] = nil
            return wanted
        }
        let since = fewerSince[key] ?? now
        fewerSince[key] = since
        let end = since + pace.scaleDownAfter
        if end <= now {
            fewerSince[key] = nil
            return wanted
        }
        agenda.add(.syncAutoscaler(key), at: end)
        return current
    }

    private mutating func tell(
        _ key: Key, _ scaler: KubernetesObject, _ current: Int?, wanted: Int, isActive: Bool
    ) {
        let stamp = timestamp
        let before = scaler.status["conditions"]?.items ?? []
        func condition(_ type: String, _ holds: Bool, _ reason: String, _ message: String)
            -> JSONTree
        {
            let status: JSONTree = holds ? "True" : "False"
            if let same = before.first(where: {
                $0["type"]?.text == type && $0["status"] == status && $0["reason"]?.text == reason
            }) {
                return same
            }
            return [
                "type": .string(type), "status": status, "lastTransitionTime": .string(stamp),
                "reason": .string(reason), "message": .string(message),
            ]
        }
        var status: JSONTree = ["desiredReplicas": .integer(wanted)]
        status["currentMetrics"] = .null
        if let current { status["currentReplicas"] = .integer(current) }
        let isScaled = current != nil && current != wanted
        status["lastScaleTime"] = isScaled ? .string(stamp) : scaler.status["lastScaleTime"]
        let able =
            current == nil
            ? condition("AbleToScale", false, "FailedGetScale", "the target was not found")
            : condition("AbleToScale", true, "ReadyForNewScale", "recommended size matches")
        let active =
            isActive
            ? condition("ScalingActive", true, "ValidMetricFound", "the load is known")
            : condition("ScalingActive", false, "ScalingDisabled", "scaling is disabled")
        status["conditions"] = [able, active]
        amend(LabCatalog.autoscalers, key, by: Controller.autoscaler) { $0["status"] = status }
    }
}
