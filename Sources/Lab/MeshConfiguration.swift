internal import JSONTree
internal import Manifests

/// What VirtualServices say, as a proxy holds it: which host, which route, whereto.
struct RouteTable: Hashable, Sendable {
    /// The part of one VirtualService that a proxy uses.
    struct Entry: Hashable, Sendable {
        let namespace: String
        let name: String
        let hosts: [String]
        let gateways: [String]
        let routes: [MeshRoute]

        /// How well its hosts fit one that goes by these names; nil not at all.
        fileprivate func fit(_ names: [String]) -> Int? {
            var best: Int?
            for host in hosts {
                for name in names {
                    guard let fit = MeshNames.fit(host, name) else { continue }
                    best = max(best ?? fit, fit)
                }
            }
            return best
        }
    }

    private var entries: [Entry] = []

    init() {}

    /// The oldest VirtualService comes first, as in Istio.
    init(_ objects: [KubernetesObject]) {
        entries = objects.filter { !$0.isBeingDeleted }.sorted(by: Self.isOlder).map(Self.entry)
    }

    static func isOlder(_ a: KubernetesObject, _ b: KubernetesObject) -> Bool {
        let key = { (object: KubernetesObject) in
            (
                object.tree.at("metadata", "creationTimestamp")?.text ?? "", object.namespace,
                object.name
            )
        }
        return key(a) < key(b)
    }

    private static func entry(_ object: KubernetesObject) -> Entry {
        let namespace = object.namespace
        let spec = object.spec
        let gateways = (spec["gateways"]?.items ?? []).compactMap(\.text)
        return Entry(
            namespace: namespace, name: object.name,
            hosts: (spec["hosts"]?.items ?? []).compactMap(\.text)
                .map { MeshNames.host($0, from: namespace) },
            gateways: gateways.isEmpty
                ? [MeshNames.mesh] : gateways.map { MeshNames.gateway($0, from: namespace) },
            routes: (spec["http"]?.items ?? []).map { MeshRoute($0, namespace: namespace) })
    }

    /// What the table says of a request.
    enum Choice: Hashable, Sendable {
        /// No VirtualService names the host.
        case noHost
        /// One does, but none of its routes fits.
        case noRoute
        case route(MeshRoute, isSelective: Bool)
    }

    /// Chooses the route for a request to a host that goes by several names.
    ///
    /// In the mesh one VirtualService holds a host, the oldest; at a gateway all that name the
    /// host stand one after the other.
    func choose(for request: RequestFeatures, names: [String], gateway: String?) -> Choice {
        let fits = entries.map { entry in
            MeshNames.isBound(entry.gateways, to: gateway) ? entry.fit(names) : nil
        }
        guard let best = fits.compactMap(\.self).max() else { return .noHost }
        for (entry, fit) in zip(entries, fits) where fit == best {
            for route in entry.routes {
                if route.matches.isEmpty { return .route(route, isSelective: false) }
                if let match = route.matches.first(where: { $0.matches(request, gateway: gateway) })
                {
                    return .route(route, isSelective: match.isSelective)
                }
            }
            if gateway == MeshNames.mesh { break }
        }
        return .noRoute
    }
}

/// One entry of a VirtualService's `http`.
struct MeshRoute: Hashable, Sendable {
    struct Destination: Hashable, Sendable {
        let host: String
        let subset: String?
        /// Its part of the route's requests, 0...1.
        let share: Double
        let headers: HeaderEdits
    }

    let name: String
    let matches: [RequestMatch]
    let destinations: [Destination]
    let headers: HeaderEdits
    /// Where copies go, and what part of the requests is copied.
    let mirrors: [Destination]
    /// The route answers by itself.
    let status: Int?

    init(_ tree: JSONTree, namespace: String) {
        name = tree["name"]?.text ?? ""
        matches = (tree["match"]?.items ?? []).map { RequestMatch($0, namespace: namespace) }
        headers = HeaderEdits(tree.at("headers", "response"))
        let listed = tree["route"]?.items ?? []
        let weights = listed.map { Double(max($0["weight"]?.whole ?? 0, 0)) }
        let total = weights.reduce(0, +)
        destinations = listed.indices.map { index in
            let share = listed.count == 1 ? 1 : total > 0 ? weights[index] / total : 0
            return Self.destination(listed[index], share: share, namespace: namespace)
        }
        let single = tree["mirror"].map { target in
            let percent =
                tree.at("mirrorPercentage", "value")?.decimal ?? tree["mirrorPercent"]?.decimal
            return Self.destination(
                ["destination": target], share: (percent ?? 100) / 100, namespace: namespace)
        }
        let many = (tree["mirrors"]?.items ?? []).map { mirror in
            Self.destination(
                mirror, share: (mirror.at("percentage", "value")?.decimal ?? 100) / 100,
                namespace: namespace)
        }
        mirrors = [single].compactMap { $0 } + many
        status =
            tree.at("directResponse", "status")?.whole
            ?? tree["redirect"].map { $0["redirectCode"]?.whole ?? 301 }
    }

    private static func destination(_ tree: JSONTree, share: Double, namespace: String)
        -> Destination
    {
        Destination(
            host: MeshNames.host(tree.at("destination", "host")?.text ?? "", from: namespace),
            subset: tree.at("destination", "subset")?.text, share: share,
            headers: HeaderEdits(tree.at("headers", "response")))
    }
}

/// What a route does to the headers of an answer.
struct HeaderEdits: Hashable, Sendable {
    struct Line: Hashable, Sendable {
        let name: String
        let value: String
    }

    let set: [Line]
    let add: [Line]
    let remove: [String]

    init(_ tree: JSONTree?) {
        let lines = { (tree: JSONTree?) in
            (tree?.members ?? [:]).compactMap { member in
                member.value.text.map { Line(name: member.key, value: $0) }
            }
        }
        set = lines(tree?["set"])
        add = lines(tree?["add"])
        remove = (tree?["remove"]?.items ?? []).compactMap(\.text)
    }
}
