internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// Plays the autoscaler: a calm one, who wants no more than the minimum.
struct ScalingActor: Sendable {
    let cluster: RigCluster
    let mirror: ClusterMirror
    let time: any Timekeeper

    /// How many replicas an autoscaler wants of a Deployment that has `now`; nil: leaves it alone.
    static func wanted(minimum: Int, maximum: Int, now: Int) -> Int? {
        // Nothing wakes what was scaled to zero, as Kubernetes has it.
        guard now > 0 else { return nil }
        let wanted = min(max(minimum, 1), maximum)
        return wanted == now ? nil : wanted
    }

    func run() async throws {
        while true {
            for scaler in await mirror.all(RigKinds.autoscaler) { await scale(scaler) }
            try await time.sleep(for: .milliseconds(200))
        }
    }

    private func scale(_ scaler: KubernetesObject) async {
        guard let target = scaler.spec.at("scaleTargetRef", "name")?.text else { return }
        let place = ObjectReference(.deployment, namespace: scaler.namespace, name: target)
        guard let deployment = await mirror.object(place) else { return }
        let now = deployment.spec["replicas"]?.whole ?? 1
        let wanted = Self.wanted(
            minimum: scaler.spec["minReplicas"]?.whole ?? 1,
            maximum: scaler.spec["maxReplicas"]?.whole ?? now, now: now)
        if let wanted {
            let path = ResourceKind.deployment.path(
                namespace: scaler.namespace, name: target)
            _ = try? await cluster.send(
                "PATCH", "\(path)/scale", ["spec": ["replicas": .integer(wanted)]],
                type: "application/merge-patch+json")
        }
        let status: JSONTree = [
            "currentReplicas": .integer(deployment.status["replicas"]?.whole ?? 0),
            "desiredReplicas": .integer(wanted ?? now),
        ]
        guard
            scaler.status["currentReplicas"] != status["currentReplicas"]
                || scaler.status["desiredReplicas"] != status["desiredReplicas"]
        else { return }
        let path = RigKinds.autoscaler.path(namespace: scaler.namespace, name: scaler.name)
        _ = try? await cluster.send(
            "PATCH", "\(path)/status", ["status": status],
            type: "application/merge-patch+json")
    }
}
