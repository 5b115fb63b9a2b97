internal import JSONTree
internal import Manifests

/// The autoscaler: keeps a Deployment's size between its bounds, and where the load wants it.
///
/// The load is what the mesh's users ask for, where their version has a `capacityPerPod`: its CPU
/// is as busy as its share of that. A demand, set by hand, is stronger.
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
        let load = Self.goal(of: scaler).flatMap { goal in
            share(of: deployment).map { Load(share: $0, goal: goal) }
        }
        var need = demands[target] ?? least
        if demands[target] == nil, let load {
            need = load.pods(current, ready: readyPods(of: deployment))
        }
        let wanted = min(most, max(least, need))
        let goal = settle(key, current: min(most, max(least, current)), wanted: wanted)
        if goal != current {
            amend(LabCatalog.deployments, target, by: Controller.autoscaler) {
                $0.set(.integer(goal), at: "spec", "replicas")
            }
        }
        tell(key, scaler, current, wanted: goal, isActive: true, load)
    }

    /// What an autoscaler sees, and what it wants to see.
    private struct Load {
        /// How busy each pod is, 1 being all that it can bear.
        let share: Double
        /// How busy each pod should be.
        let goal: Double

        /// As Kubernetes reckons: nothing is done about a tenth too much or too little.
        func pods(_ current: Int, ready: Int) -> Int {
            let ratio = share / goal
            guard abs(ratio - 1) > 0.1, ready > 0 else { return current }
            return Int(min((Double(ready) * ratio - 1e-9).rounded(.up), 1e6))
        }

        /// Of a pod that asks for one CPU and needs all of it for all that it can bear.
        var metric: JSONTree {
            let percent = Int(min(share * 100, 1e6).rounded())
            return [
                "type": "Resource",
                "resource": [
                    "name": "cpu",
                    "current": [
                        "averageUtilization": .integer(percent),
                        "averageValue": .string("\(percent * 10)m"),
                    ],
                ],
            ]
        }
    }

    /// The utilization that an autoscaler is to keep, 1 being all.
    private static func goal(of scaler: KubernetesObject) -> Double? {
        let percent = (scaler.spec["metrics"]?.items ?? []).lazy
            .compactMap { $0.at("resource", "target", "averageUtilization")?.whole }.first
        return percent.flatMap { $0 > 0 ? Double($0) / 100 : nil }
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
        _ key: Key, _ scaler: KubernetesObject, _ current: Int?, wanted: Int, isActive: Bool,
        _ load: Load? = nil
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
        status["currentMetrics"] = load.map { [$0.metric] } ?? .null
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
