internal import JSONTree
internal import Manifests

/// One stored version of a VirtualService, as far as it leads to the service.
struct RouteTable: Sendable {
    struct Destination: Sendable {
        let isOfService: Bool
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
        let destinations: [Destination]

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
                guard destinations.contains(where: \.isOfService) else { continue }
                let mark = route.at("headers", "response", "set", "theseus-run")?.text
                let isDark = mark == run
                var key = route["name"]?.text ?? ""
                if key.isEmpty {
                    key = "(unnamed \(unnamed + 1))"
                    unnamed += 1
                }
                routes.append(Route(key: key, isDark: isDark, destinations: destinations))
            }
        }
        self.routes = routes
    }

    private static func destination(
        _ tree: JSONTree, among count: Int, in reference: ObjectReference, _ cast: Cast
    ) -> Destination {
        let host = tree.at("destination", "host")?.text ?? ""
        let written = tree["weight"]
        return Destination(
            isOfService: cast.isService(host, from: reference.namespace),
            subset: tree.at("destination", "subset")?.text, written: written,
            weight: written?.whole ?? (written == nil && count == 1 ? 100 : 0))
    }

    func route(_ key: String) -> Route? { routes.first { $0.key == key } }

    /// Whether any route names the subset, and how much the open ones give it.
    func naming(of subset: String) -> (isNamed: Bool, weight: Int) {
        var isNamed = false
        var weight = 0
        for route in routes {
            for destination in route.destinations
            where destination.isOfService && destination.subset == subset {
                isNamed = true
                if !route.isDark { weight = max(weight, destination.weight) }
            }
        }
        return (isNamed, weight)
    }
}
