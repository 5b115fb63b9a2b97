internal import JSONTree
internal import Manifests

/// One pod, as far as the mesh is concerned.
struct MeshPod: Hashable, Sendable {
    let namespace: String
    let name: String
    let labels: JSONObject
    let workload: String
    let version: String
    let image: String
    let isReady: Bool

    init(_ object: KubernetesObject, versionLabel: String) {
        namespace = object.namespace
        name = object.name
        labels = object.tree.at("metadata", "labels")?.members ?? [:]
        version = labels[versionLabel]?.text ?? ""
        image = object.spec["containers"]?.items?.first?["image"]?.text ?? ""
        workload = Self.workload(of: object)
        let isTrue = { (condition: JSONTree) in
            condition["type"]?.text == "Ready" && condition["status"]?.text == "True"
        }
        isReady =
            !object.isBeingDeleted
            && (object.status["conditions"]?.items ?? []).contains(where: isTrue)
    }

    /// The Deployment's name, which is its ReplicaSet's but for the hash.
    private static func workload(of object: KubernetesObject) -> String {
        let owner = object.tree.at("metadata", "ownerReferences")?.items?.first
        let name = owner?["name"]?.text ?? object.name
        guard owner?["kind"]?.text == "ReplicaSet", let dash = name.lastIndex(of: "-") else {
            return name
        }
        return String(name[..<dash])
    }

    /// Whether requests fare the same at either, if both are ready and of one Service.
    func isLike(_ other: MeshPod) -> Bool {
        workload == other.workload && version == other.version && image == other.image
    }

    func bears(_ wanted: JSONObject) -> Bool {
        wanted.ordered.allSatisfy { labels[$0.key] == $0.value }
    }
}

/// What Services and DestinationRules say, as a proxy holds it: which names lead to which pods.
struct ClusterTable: Hashable, Sendable {
    struct Service: Hashable, Sendable {
        let namespace: String
        let name: String
        let selector: JSONObject
        let host: String
        /// Every name by which callers ask for it.
        let names: [String]

        init(namespace: String, name: String, selector: JSONObject) {
            self.namespace = namespace
            self.name = name
            self.selector = selector
            host = MeshNames.fullHost(name, namespace)
            names = [host, "\(name).\(namespace)"]
        }
    }

    private struct Subset: Hashable, Sendable {
        let host: String
        let name: String
        let labels: JSONObject
    }

    private(set) var services: [Service] = []
    private var subsets: [Subset] = []

    init() {}

    init(services: [KubernetesObject], rules: [KubernetesObject]) {
        self.services = services.filter { !$0.isBeingDeleted }.map {
            Service(
                namespace: $0.namespace, name: $0.name,
                selector: $0.spec["selector"]?.members ?? [:])
        }
        let old = rules.filter { !$0.isBeingDeleted }.sorted(by: RouteTable.isOlder)
        subsets = old.flatMap { rule in
            let host = MeshNames.host(rule.spec["host"]?.text ?? "", from: rule.namespace)
            return (rule.spec["subsets"]?.items ?? []).map { subset in
                Subset(
                    host: host, name: subset["name"]?.text ?? "",
                    labels: subset["labels"]?.members ?? [:])
            }
        }
    }

    func service(_ host: String) -> Service? { services.first { $0.names.contains(host) } }

    /// The labels of a subset; rules for the very host come before those with a wildcard.
    func labels(of subset: String, in service: Service) -> JSONObject? {
        let named = subsets.filter { $0.name == subset }
        let exact = named.first { service.names.contains($0.host) }
        return (exact ?? named.first { MeshNames.fit($0.host, service.host) != nil })?.labels
    }

    /// Why a request finds no pod.
    enum Absence: Hashable, Sendable {
        /// The host, or its subset, is not known: Envoy has no such cluster.
        case noCluster
        /// It is known, but no pod is ready.
        case noPod

        var flags: String {
            switch self {
            case .noCluster: "NC"
            case .noPod: "UH"
            }
        }
    }

    /// The ready pods behind a destination.
    func pods(_ host: String, subset: String?, among pods: [MeshPod]) -> Result<[MeshPod], Missing>
    {
        guard let service = service(host), !service.selector.isEmpty else {
            return .failure(Missing(service: host, absence: .noCluster))
        }
        var wanted: JSONObject = [:]
        if let subset {
            guard let labels = labels(of: subset, in: service) else {
                return .failure(Missing(service: service.host, absence: .noCluster))
            }
            wanted = labels
        }
        let chosen = pods.filter {
            $0.isReady && $0.namespace == service.namespace && $0.bears(service.selector)
                && $0.bears(wanted)
        }
        if chosen.isEmpty { return .failure(Missing(service: service.host, absence: .noPod)) }
        return .success(chosen)
    }

    struct Missing: Error, Hashable, Sendable {
        let service: String
        let absence: Absence
    }
}
