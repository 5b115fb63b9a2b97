internal import Auditor
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

extension MeddledTale {
    /// What somebody does.
    enum Deed: Hashable, Sendable {
        case ruleDeleted
        case ruleElsewhere
        case subsetTurned
        case routesDeleted
        case stableEmptied
        case stranger
        case otherRoute
    }
}

extension MeddledTale.Deed {
    func does(_ stage: StoryStage, _ run: String) async throws {
        let (cluster, objects) = (stage.rig.cluster, stage.objects)
        switch self {
        case .ruleDeleted: try await stage.remove(KubernetesObject(objects.rule(Stories.v1)))
        case .ruleElsewhere:
            try await cluster.merge(["spec": ["host": "elsewhere"]], into: objects.rulePlace)
        case .subsetTurned:
            let subsets: [JSONTree] = [Stories.v1, Stories.v2].map {
                ["name": .string($0.name), "labels": ["version": .string(Stories.v2.name)]]
            }
            try await cluster.merge(
                ["spec": ["subsets": .array(subsets)]], into: objects.rulePlace)
        case .routesDeleted:
            for place in objects.routes {
                try await cluster.insist(
                    "DELETE", place.kind.path(namespace: place.namespace, name: place.name))
            }
        case .stableEmptied:
            let place = ObjectReference(
                .deployment, namespace: objects.namespace, name: "shop-\(Stories.v1.name)")
            try await cluster.merge(["spec": ["replicas": 0]], into: place)
            try await RigPatience(time: stage.rig.time).until(
                "stable has no pods", within: .seconds(60), every: .milliseconds(100)
            ) { await (stage.rig.mirror.object(place)?.status["readyReplicas"]?.whole ?? 0) == 0 }
            _ = try await stage.theseus("abort", run)
        case .stranger: try await cluster.create([objects.twin(Stories.v2)])
        case .otherRoute: try await cluster.create([other(objects)])
        }
    }

    /// What the binary must have said; nil: the abort says it.
    var says: String? {
        switch self {
        case .ruleDeleted: "/shop is gone: somebody deleted it"
        case .ruleElsewhere: "/shop is for the host elsewhere, where it must be for shop."
        case .subsetTurned: "subset v1: it means version=v2, where it must mean version=v1"
        case .routesDeleted: "/shop is gone: somebody deleted it"
        case .stableEmptied: nil
        case .stranger: "the mesh takes for the candidate what is not: pod shop-v2-old-"
        case .otherRoute: "/other, http route aside leads to stable's subset v1"
        }
    }

    /// Users are led nowhere, or to nobody, until the run has come home.
    var cutsUsersOff: Bool {
        [.ruleDeleted, .ruleElsewhere, .routesDeleted, .stableEmptied].contains(self)
    }

    /// Routes or rules are not what the run made of them: the auditor is to know.
    var breaksObjects: Bool { self != .stableEmptied && self != .stranger }

    /// The kind of what must stand again before users are led to stable.
    var restored: ResourceKind? {
        switch self {
        case .ruleDeleted, .ruleElsewhere, .subsetTurned: .destinationRule
        case .routesDeleted: .virtualService
        case .stableEmptied: .deployment
        case .stranger, .otherRoute: nil
        }
    }

    /// Whether it stands.
    func isWhole(_ object: KubernetesObject, _ objects: StageObjects) -> Bool {
        switch restored {
        case ResourceKind.destinationRule:
            let stable = (object.spec["subsets"]?.items ?? []).first {
                $0["name"]?.text == Stories.v1.name
            }
            let host = MeshView.full(object.spec["host"]?.text ?? "", in: object.namespace)
            return host == objects.inside
                && stable?.at("labels", "version")?.text == Stories.v1.name
        case ResourceKind.deployment:
            return object.label("version") == Stories.v1.name
                && (object.spec["replicas"]?.whole ?? 0) > 0
        default: return Self.leadsToStable(object)
        }
    }

    /// Whether all users of a VirtualService are at stable.
    static func leadsToStable(_ object: KubernetesObject) -> Bool {
        let primary = (object.spec["http"]?.items ?? []).first { $0["name"]?.text == "primary" }
        let led = (primary?["route"]?.items ?? []).filter { $0["weight"]?.whole != 0 }
        return !led.isEmpty
            && led.allSatisfy { $0.at("destination", "subset")?.text == Stories.v1.name }
    }

    /// A way to stable that the run does not move.
    func other(_ objects: StageObjects) -> JSONTree {
        objects.route(
            "other", to: ["host": .string(objects.service), "subset": .string(Stories.v1.name)])
    }
}
