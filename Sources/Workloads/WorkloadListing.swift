internal import JSONTree
package import KubernetesAPI
package import Manifests

/// What a namespace holds of everything that a run looks at.
package struct WorkloadListing: Sendable {
    package var services: [KubernetesObject]
    package var deployments: [KubernetesObject]
    package var autoscalers: [KubernetesObject]
    package var disruptionBudgets: [KubernetesObject]
    package var pods: [KubernetesObject]
    /// The objects that stand where the manifest's objects are to be.
    package var standing: [KubernetesObject]

    package init(
        services: [KubernetesObject] = [], deployments: [KubernetesObject] = [],
        autoscalers: [KubernetesObject] = [], disruptionBudgets: [KubernetesObject] = [],
        pods: [KubernetesObject] = [], standing: [KubernetesObject] = []
    ) {
        self.services = services
        self.deployments = deployments
        self.autoscalers = autoscalers
        self.disruptionBudgets = disruptionBudgets
        self.pods = pods
        self.standing = standing
    }

    /// Lists; waits over passing errors until called off.
    package init(of scope: WorkloadScope, from client: KubernetesClient) async throws {
        func all(_ kind: ResourceKind) async throws -> [KubernetesObject] {
            let kind = try await WorkloadKeeper.served(kind, by: client)
            return try await client.patiently {
                try await $0.list(kind, namespace: scope.namespace).items
            }
        }
        services = try await all(.service)
        deployments = try await all(.deployment)
        let scalers = try await all(.autoscaler)
        autoscalers = scalers.filter { !$0.isKEDAs }
        autoscalers += try await Self.scaledObjects(
            scope, from: client, areNeeded: scalers.contains(where: \.isKEDAs))
        disruptionBudgets = try await all(.disruptionBudget)
        pods = try await all(.pod)
        standing = []
        for object in scope.candidateObjects {
            guard let kind = ResourceKind.named(apiVersion: object.apiVersion, kind: object.kind)
            else { continue }
            let served = try await WorkloadKeeper.served(kind, by: client)
            guard object.inVersion(of: served) != nil else {
                throw WorkloadRefusal(
                    .otherVersion(served.apiVersion),
                    place: "\(object.apiVersion) \(object.kind) \(object.name)"
                        + " in the candidate's manifest")
            }
            let reference = object.reference(as: served)
            let found = try await client.patiently { try await $0.get(reference) }
            if let found { standing.append(found) }
        }
    }

    /// None where the cluster has no KEDA, or where the account may not see them and no autoscaler
    /// says that there are any.
    private static func scaledObjects(
        _ scope: WorkloadScope, from client: KubernetesClient, areNeeded: Bool
    ) async throws -> [KubernetesObject] {
        let kind = ResourceKind.scaledObject
        do {
            return try await client.patiently {
                client throws(KubernetesError) -> [KubernetesObject] in
                guard try await client.served(kind, as: kind.versions) != nil else { return [] }
                return try await client.list(kind, namespace: scope.namespace).items
            }
        } catch let error as KubernetesError where error.code == .forbidden && !areNeeded {
            return []
        }
    }

    /// Whether KEDA scales one of these Deployments.
    package func areScaledByKEDA(_ deployments: [String]) -> Bool {
        autoscalers.contains { scaler in
            scaler.isScaledObject && deployments.contains(where: scaler.scales)
        }
    }

    package func service(_ name: String) -> KubernetesObject? {
        services.first { $0.name == name }
    }

    package func deployment(_ name: String) -> KubernetesObject? {
        deployments.first { $0.name == name }
    }

    /// The autoscalers of a Deployment; more than one is a fault of the cluster.
    package func autoscalers(of deployment: String) -> [KubernetesObject] {
        autoscalers.filter { $0.scales(deployment) }
    }

    /// A Deployment's own pods; what others with the same labels have made is not among them.
    package func pods(of deployment: KubernetesObject) -> [KubernetesObject] {
        guard let selector = deployment.podSelector else { return [] }
        return pods.filter {
            selector.matches($0.tree.at("metadata", "labels"))
                && $0.isPod(ofDeployment: deployment.name)
        }
    }
}
