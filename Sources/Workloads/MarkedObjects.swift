internal import JSONTree
package import KubernetesAPI
package import Manifests

/// What carries one run's seal in its namespace besides the routes, for whoever has no journal that would
/// say what the run made.
package struct MarkedObjects: Sendable {
    /// Of the run's making, or of the version that it moves: as long as they stand, users could meet it.
    package private(set) var candidates: [ObjectReference] = []
    /// Stable's Deployment and what scales it: they stood before, and stay.
    package private(set) var standing: [ObjectReference] = []
    /// What looks after the run from within the cluster.
    package private(set) var guards: [ObjectReference] = []
    /// A bound of stable's that the run moved, and nobody knows from where: a sentence each.
    package private(set) var bounds: [String] = []

    /// `labels`: those of the candidate's pods.
    ///
    /// A kind that may not be listed, or that this cluster does not have, is passed over: Deployments are
    /// not.
    package init(
        of run: String, labelled labels: [(String, String)], in namespace: String,
        _ client: KubernetesClient
    ) async throws {
        var found: [(object: KubernetesObject, kind: ResourceKind)] = []
        // A Secret is nobody's to read here: whoever removes the rest knows of it.
        for kind in WorkloadScope.kinds + [.cronJob] where !kind.isSame(as: .secret) {
            for (object, kind) in try await Self.list(kind, namespace, client)
            where object.seal?.run == run {
                found.append((object, kind))
            }
        }
        self.init(found, labelled: labels)
    }

    init(
        _ found: [(object: KubernetesObject, kind: ResourceKind)],
        labelled labels: [(String, String)]
    ) {
        let stables = found.filter { object, kind in
            kind.isSame(as: .deployment) && !Self.has(labels, object.templateLabels)
        }.map(\.object.name)
        for (object, kind) in found {
            let reference = object.reference(as: kind)
            let isScaler = WorkloadScope.scalers.contains { $0.isSame(as: kind) }
            if kind.isSame(as: .cronJob) {
                guards.append(reference)
            } else if kind.isSame(as: .deployment) && stables.contains(object.name)
                || isScaler && stables.contains(where: object.scales)
            {
                standing.append(reference)
                bounds += Self.bound(of: object, reference).map { [$0] } ?? []
            } else {
                candidates.append(reference)
            }
        }
    }

    private static func has(_ labels: [(String, String)], _ own: JSONTree?) -> Bool {
        !labels.isEmpty && labels.allSatisfy { own?[$0.0]?.text == $0.1 }
    }

    private static func bound(of object: KubernetesObject, _ reference: ObjectReference)
        -> String?
    {
        guard let ours = object.annotation(WorkloadKeeper.floorAnnotation),
            case let floor = Floor.of(object, candidate: ""),
            floor.value(in: object).map(String.init) == ours
        else { return nil }
        return switch floor {
        case .field(let name): "\(reference): \(name) stays at \(ours), where the run had put it"
        case .pause: "\(reference) stays paused at \(ours) pods, as the run had left it"
        }
    }

    private static func list(
        _ kind: ResourceKind, _ namespace: String, _ client: KubernetesClient
    ) async throws -> [(KubernetesObject, ResourceKind)] {
        do {
            let served = try await client.patiently { try await $0.served(kind, as: kind.versions) }
            guard let kind = served else { return [] }
            let items = try await client.patiently { client in
                try await client.list(kind, namespace: namespace).items
            }
            return items.map { ($0, kind) }
        } catch let error as KubernetesError
            where [.forbidden, .notFound].contains(error.code) && !kind.isSame(as: .deployment)
        {
            return []
        }
    }
}
