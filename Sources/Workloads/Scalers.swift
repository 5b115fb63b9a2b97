internal import KubernetesAPI
internal import Manifests

/// What scales the Deployments of a namespace, as one look found it.
package struct Scalers: Sendable {
    /// By KEDA, ahead of autoscalers.
    let all: [KubernetesObject]

    /// The autoscaler of a Deployment, or the ScaledObject by which KEDA keeps one; nil: it has none.
    subscript(deployment: String) -> KubernetesObject? {
        all.first { $0.scales(deployment) && !$0.isBeingDeleted && !$0.isKEDAs }
    }
}

extension WorkloadKeeper {
    package func scalers() async throws -> Scalers {
        let namespace = scope.namespace
        var all: [KubernetesObject] = []
        if scope.isScaledByKEDA {
            all += try await writer.client.patiently {
                try await $0.list(.scaledObject, namespace: namespace).items
            }
        }
        let kind = try await served(.autoscaler)
        all += try await writer.client.patiently {
            try await $0.list(kind, namespace: namespace).items
        }
        return Scalers(all: all)
    }

    /// The autoscaler of a Deployment, or the ScaledObject by which KEDA keeps one; nil where it has
    /// none.
    func autoscaler(of deployment: String) async throws -> KubernetesObject? {
        try await scalers()[deployment]
    }
}
