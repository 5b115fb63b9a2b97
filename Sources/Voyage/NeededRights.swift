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
        /// The one object that it is about, where that is known.
        var name: String?
    }

    /// Everything that one object's life takes.
    private static let life = ["get", "create", "update", "delete"]

    private var needs: [Need]

    /// `routes` are the objects whose weights move, wherever they live; `settings` the ConfigMaps
    /// that the candidate reads; `removed`: objects that stand already and go; `scaler`: what scales
    /// stable, and is held; `remembered`: the journal is kept in the cluster; `guarded`: the run posts
    /// a guard; `makesRoutes`: no VirtualService is there, and the run makes one; `writesRule`: the
    /// versions are subsets; `hasJobs`: a test is a Job.
    init(
        namespace: String, routes: [ObjectReference], manifest: [KubernetesObject],
        settings: [String] = [], removed: [KubernetesObject] = [], scaler: KubernetesObject?,
        remembered: Bool, guarded: Bool, makesRoutes: Bool, writesRule: Bool = true,
        hasJobs: Bool = false
    ) {
        needs = [
            Need(kind: .service, namespace: namespace, verbs: ["get", "list"]),
            Need(kind: .pod, namespace: namespace, verbs: ["list"]),
            Need(kind: .deployment, namespace: namespace, verbs: Self.life + ["list"]),
            Need(kind: .disruptionBudget, namespace: namespace, verbs: ["list"]),
            Need(
                kind: .autoscaler, namespace: namespace,
                verbs: scaler?.kind == ResourceKind.autoscaler.kind
                    ? Self.life + ["list"] : ["list"]),
            Need(kind: .lease, namespace: namespace, verbs: Self.life),
        ]
        // KEDA keeps the autoscaler itself; only its ScaledObject is written.
        let scalers = [scaler].compactMap(\.self) + manifest + removed
        if scalers.contains(where: { $0.kind == ResourceKind.scaledObject.kind }) {
            needs.append(
                Need(kind: .scaledObject, namespace: namespace, verbs: Self.life + ["list"]))
        }
        for (kind, verbs) in [
            (
                // `create`, though it stands: the way home puts back one that somebody deletes.
                ResourceKind.virtualService,
                (makesRoutes ? Self.life : ["get", "create", "update"]) + ["list"]
            ),
            (.destinationRule, (writesRule ? Self.life : []) + ["list"]),
        ] {
            let own = routes.filter { $0.kind.isSame(as: kind) }
            for route in own {
                needs.append(
                    Need(kind: kind, namespace: route.namespace, verbs: verbs, name: route.name))
            }
            if !own.contains(where: { $0.namespace == namespace }) {
                needs.append(Need(kind: kind, namespace: namespace, verbs: verbs))
            }
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
        if hasJobs {
            needs.append(
                Need(
                    kind: .job, namespace: namespace, verbs: ["get", "create", "delete", "list"]))
        }
        for object in manifest {
            guard let kind = ResourceKind.named(apiVersion: object.apiVersion, kind: object.kind)
            else { continue }
            needs.append(
                Need(kind: kind, namespace: namespace, verbs: Self.life, name: object.name))
        }
        for object in removed {
            guard let kind = ResourceKind.named(apiVersion: object.apiVersion, kind: object.kind)
            else { continue }
            needs.append(
                Need(
                    kind: kind, namespace: namespace, verbs: ["get", "delete"], name: object.name))
        }
        for name in settings {
            needs.append(Need(kind: .configMap, namespace: namespace, verbs: ["get"], name: name))
        }
    }

    /// Verbs that no rule can give for one object only.
    private static let unnamed = ["create", "list"]

    /// In the order in which they are needed, each once.
    var all: [AccessRight] {
        var all: [AccessRight] = []
        var known: Set<AccessRight> = []
        for need in needs {
            for verb in need.verbs {
                let right = AccessRight(
                    verb: verb, group: need.kind.group, resource: need.kind.plural,
                    namespace: need.namespace,
                    name: Self.unnamed.contains(verb) ? nil : need.name)
                if known.insert(right).inserted { all.append(right) }
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
            for var right in all where right.namespace == space && !own.cover(right) {
                right.name = nil  // what is pasted is good for the next run, too
                if !lacking.contains(right) { lacking.append(right) }
            }
        }
        if let first = lacking.first {
            throw VoyageError(
                .lacking(lacking), place: "\(client.server), namespace \(first.namespace)")
        }
    }
}
