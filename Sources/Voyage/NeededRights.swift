internal import KubernetesAPI
internal import Manifests

/// What the account of a run must be allowed, from its first look to its last write.
///
/// Asked for before anything is written: a right that is missing in the middle of a run would leave
/// it there.
struct NeededRights: Sendable {
    /// Verbs on one kind in one namespace.
    private struct Need {
        let kind: ResourceKind
        let namespace: String
        let verbs: [String]
    }

    /// Everything that one object's life takes.
    private static let life = ["get", "create", "update", "delete"]

    private var needs: [Need]

    /// `routes` are the objects whose weights move, wherever they live; `scaled`: an autoscaler is
    /// held; `remembered`: the journal is kept in the cluster; `guarded`: the run posts a guard;
    /// `makesRoutes`: no VirtualService is there, and the run makes one.
    init(
        namespace: String, routes: [ObjectReference], manifest: [KubernetesObject], scaled: Bool,
        remembered: Bool, guarded: Bool, makesRoutes: Bool
    ) {
        needs = [
            Need(kind: .service, namespace: namespace, verbs: ["get", "list"]),
            Need(kind: .pod, namespace: namespace, verbs: ["list"]),
            Need(kind: .deployment, namespace: namespace, verbs: Self.life + ["list"]),
            Need(kind: .disruptionBudget, namespace: namespace, verbs: ["list"]),
            Need(
                kind: .autoscaler, namespace: namespace,
                verbs: scaled ? Self.life + ["list"] : ["list"]),
            Need(kind: .lease, namespace: namespace, verbs: Self.life),
        ]
        var places: [String] = []
        for place in routes.map(\.namespace) + [namespace] where !places.contains(place) {
            places.append(place)
            let isMade = makesRoutes && place == namespace
            needs.append(
                Need(
                    kind: .virtualService, namespace: place,
                    verbs: (isMade ? Self.life : ["get", "update"]) + ["list"]))
            needs.append(
                Need(kind: .destinationRule, namespace: place, verbs: Self.life + ["list"]))
        }
        if remembered {
            // Without `delete` old runs stay, which is told behind each run, and keeps none.
            needs.append(
                Need(
                    kind: .configMap, namespace: namespace,
                    verbs: ["get", "create", "update", "list"]))
        }
        if guarded {
            needs.append(
                Need(kind: .cronJob, namespace: namespace, verbs: ["get", "create", "delete"]))
        }
        for object in manifest {
            guard let kind = ResourceKind.named(apiVersion: object.apiVersion, kind: object.kind)
            else { continue }
            needs.append(Need(kind: kind, namespace: namespace, verbs: Self.life))
        }
    }

    /// In the order in which they are needed, each once.
    var all: [AccessRight] {
        var all: [AccessRight] = []
        for need in needs {
            for verb in need.verbs {
                let right = AccessRight(
                    verb: verb, group: need.kind.group, resource: need.kind.plural,
                    namespace: need.namespace)
                if !all.contains(right) { all.append(right) }
            }
        }
        return all
    }

    /// Throws what is lacking; an API server that cannot say is believed to agree.
    func require(of client: KubernetesClient) async throws {
        var spaces: [String] = []
        for right in all where !spaces.contains(right.namespace) { spaces.append(right.namespace) }
        var lacking: [AccessRight] = []
        for space in spaces {
            guard let own = try await client.patiently({ try await $0.ownRights(in: space) })
            else { continue }
            lacking += all.filter { $0.namespace == space && !own.cover($0) }
        }
        if let first = lacking.first {
            throw VoyageError(
                .lacking(lacking), place: "\(client.server), namespace \(first.namespace)")
        }
    }
}
