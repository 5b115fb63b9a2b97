internal import JSONTree
internal import Manifests

/// One stored version of a VirtualService, as far as it leads to the service.
struct RouteTable: Sendable {
    struct Destination: Sendable {
        let isOfService: Bool
        /// The Service of a version, where it is not the flow's own.
        let host: String?
        let subset: String?
        /// As it stands there; nil where nothing does.
        let written: JSONTree?
        /// What it comes to: a lone one without a weight has all, one of several none.
        let weight: Int
    }

    struct Route: Sendable {
        /// The same for the same route in the next version.
        let key: String
        /// It takes only matched requests, for this run's candidate.
        let isDark: Bool
        /// It takes the users of one version, told by a cookie, back to it.
        let isKept: Bool
        /// Each of its match blocks asks for a cookie.
        let asksForCookie: Bool
        let destinations: [Destination]
        /// Where it copies requests to.
        let copies: [Destination]

        /// The run put it beside a route of somebody's.
        var isAside: Bool { isDark || isKept }

        /// What is left of the hundred for the service's own versions.
        var pool: Int {
            100 - destinations.filter { !$0.isOfService }.reduce(0) { $0 &+ $1.weight }
        }
    }

    let reference: ObjectReference
    /// Only those that lead to the service.
    let routes: [Route]

    init(_ object: KubernetesObject, at reference: ObjectReference, cast: Cast, run: String) {
        self.reference = reference
        var routes: [Route] = []
        var unnamed = 0
        for field in ["http", "tls", "tcp"] {
            for route in object.tree.at("spec", field)?.items ?? [] {
                let list = route["route"]?.items ?? []
                let destinations = list.map {
                    Self.destination($0, among: list.count, in: reference, cast)
                }
                let mark = route.at("headers", "response", "set", "theseus-run")?.text
                let isDark = mark == run
                guard isDark || destinations.contains(where: \.isOfService) else { continue }
                let copies = ([route["mirror"]] + Self.mirrors(route)).compactMap { $0 }.map {
                    Self.destination(["destination": $0], among: 0, in: reference, cast)
                }
                var key = route["name"]?.text ?? ""
                if key.isEmpty {
                    key = "(unnamed \(unnamed + 1))"
                    unnamed += 1
                }
                let blocks = route["match"]?.items ?? []
                routes.append(
                    Route(
                        key: key, isDark: isDark, isKept: Self.isKept(route),
                        asksForCookie: !blocks.isEmpty
                            && blocks.allSatisfy { $0.at("headers", "cookie", "regex") != nil },
                        destinations: destinations, copies: copies))
            }
        }
        self.routes = routes
    }

    /// By its name: no more is needed to know that it is the run's, not that it is right.
    static func isKept(_ route: JSONTree) -> Bool {
        ["theseus-keep-", "theseus-stay-"].contains {
            route["name"]?.text?.hasPrefix($0) ?? false
        }
    }

    static func mirrors(_ route: JSONTree) -> [JSONTree?] {
        (route["mirrors"]?.items ?? []).map { $0["destination"] }
    }

    private static func destination(
        _ tree: JSONTree, among count: Int, in reference: ObjectReference, _ cast: Cast
    ) -> Destination {
        let host = tree.at("destination", "host")?.text ?? ""
        let written = tree["weight"]
        let service = cast.serviceName(host, from: reference.namespace)
        return Destination(
            isOfService: service != nil, host: service == cast.service ? nil : service,
            subset: tree.at("destination", "subset")?.text, written: written,
            weight: written?.whole ?? (written == nil && count == 1 ? 100 : 0))
    }

    func route(_ key: String) -> Route? { routes.first { $0.key == key } }

    /// Whether any route names the subset, and how much the open ones give it.
    func naming(of subset: String) -> (isNamed: Bool, weight: Int) {
        naming { $0.host == nil && $0.subset == subset }
    }

    /// Whether any route leads to a version's own Service, a weight of 0 left out.
    func leads(toHost name: String) -> Bool {
        routes.contains { route in
            route.copies.contains { $0.host == name }
                || route.destinations.contains { $0.host == name && $0.weight > 0 }
        }
    }

    private func naming(_ isMeant: (Destination) -> Bool) -> (isNamed: Bool, weight: Int) {
        var isNamed = false
        var weight = 0
        for route in routes {
            for destination in route.destinations + route.copies
            where destination.isOfService && isMeant(destination) {
                isNamed = true
                if !route.isAside { weight = max(weight, destination.weight) }
            }
        }
        return (isNamed, weight)
    }
}
