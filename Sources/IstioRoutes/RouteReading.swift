package import JSONTree
package import Manifests

/// One destination of a route, as it counts.
package struct RouteDestination: Hashable, Sendable {
    package let host: MeshHost
    package let subset: String?
    /// A lone destination without a weight has 100, one of several has 0.
    package let weight: Int
}

/// Reads a VirtualService; changes nothing.
package struct RouteReading: Sendable {
    package let object: KubernetesObject
    let domain: String

    package init(_ object: KubernetesObject, domain: String = "cluster.local") {
        self.object = object
        self.domain = domain
    }

    package var reference: ObjectReference {
        IstioRouter.reference(object)
    }

    var place: String { "\(reference)" }

    func host(_ written: String) -> MeshHost {
        MeshHost(written, from: object.namespace, domain: domain)
    }

    package var http: [JSONTree] { routes(.http) }

    package func routes(_ list: RouteProtocol) -> [JSONTree] {
        object.spec[list.rawValue]?.items ?? []
    }

    /// The place of every route, http before TLS before TCP.
    var places: [RoutePlace] {
        RouteProtocol.allCases.flatMap { list in
            routes(list).indices.map { RoutePlace(list: list, index: $0) }
        }
    }

    subscript(place: RoutePlace) -> JSONTree {
        let routes = routes(place.list)
        return routes.indices.contains(place.index) ? routes[place.index] : .null
    }

    /// The places of all routes that lead to the service.
    func places(leadingTo hosts: ServiceHosts) -> [RoutePlace] {
        places.filter { leads(self[$0], to: hosts) }
    }

    var hosts: [MeshHost] {
        (object.spec["hosts"]?.items ?? []).compactMap(\.text).map(host)
    }

    /// The gateways as written; none means the mesh.
    var gateways: [String] {
        let written = (object.spec["gateways"]?.items ?? []).compactMap(\.text)
        return written.isEmpty ? ["mesh"] : written
    }

    /// The gateways so that the same one always reads the same.
    var fullGateways: [String] {
        gateways.map { $0 == "mesh" || $0.contains("/") ? $0 : "\(object.namespace)/\($0)" }
    }

    var isOnMesh: Bool { gateways.contains("mesh") }

    /// The VirtualServices to which routes of this one delegate.
    var delegations: [(route: JSONTree, to: ObjectReference)] {
        http.compactMap { route in
            guard let name = route.at("delegate", "name")?.text else { return nil }
            let namespace = route.at("delegate", "namespace")?.text ?? object.namespace
            return (route, ObjectReference(reference.kind, namespace: namespace, name: name))
        }
    }

    /// nil for a list that is not of the form that we understand.
    package func destinations(of route: JSONTree) -> [RouteDestination]? {
        guard let list = route["route"] else { return [] }
        guard let items = list.items else { return nil }
        var found: [RouteDestination] = []
        for item in items {
            guard let host = item.at("destination", "host")?.text else { return nil }
            let weight: Int
            switch item["weight"] {
            case nil: weight = items.count == 1 ? 100 : 0
            case let written?:
                guard let decimal = written.decimal, let whole = Int(exactly: decimal),
                    (0...100).contains(whole)
                else { return nil }
                weight = whole
            }
            found.append(
                RouteDestination(
                    host: self.host(host), subset: item.at("destination", "subset")?.text,
                    weight: weight))
        }
        return found
    }

    /// Whether any destination of the route is the service's; also true where only the host is
    /// legible.
    package func leads(_ route: JSONTree, to hosts: ServiceHosts) -> Bool {
        (route["route"]?.items ?? []).contains {
            $0.at("destination", "host")?.text.map { hosts.contains(host($0)) } == true
        }
    }

    /// Whether requests are copied to such a host and subset.
    func mirrors(_ route: JSONTree, _ isMeant: (MeshHost, String?) -> Bool) -> Bool {
        let many = (route["mirrors"]?.items ?? []).compactMap { $0["destination"] }
        return ([route["mirror"]].compactMap { $0 } + many).contains { target in
            target["host"]?.text.map { isMeant(host($0), target["subset"]?.text) } == true
        }
    }

    func key(at place: RoutePlace, leadingTo hosts: ServiceHosts) -> RouteKey {
        let route = self[place]
        if let key = RouteKey(unnamedIn: place.list, route) { return key }
        if let name = route["name"]?.text, !name.isEmpty { return .named(name) }
        let before = http.prefix(place.index).filter {
            Self.isUnnamed($0) && leads($0, to: hosts)
        }
        return .unnamed(before.count)
    }

    /// Where the route of that key stands; of unnamed http routes `unnamed` has the places.
    func place(of key: RouteKey, among unnamed: [Int], leadingTo hosts: ServiceHosts)
        -> RoutePlace?
    {
        let routes = routes(key.list)
        let index: Int? =
            switch key {
            case .named(let name): routes.firstIndex { $0["name"]?.text == name }
            case .unnamed(let wanted):
                unnamed.indices.contains(wanted) ? unnamed[wanted] : nil
            case .tls, .tcp:
                routes.firstIndex {
                    leads($0, to: hosts) && RouteKey(unnamedIn: key.list, $0) == key
                }
            }
        return index.map { RoutePlace(list: key.list, index: $0) }
    }

    /// The places of the http routes without a name.
    func unnamedPlaces(leadingTo hosts: ServiceHosts) -> [Int] {
        http.indices.filter { Self.isUnnamed(http[$0]) && leads(http[$0], to: hosts) }
    }

    private static func isUnnamed(_ route: JSONTree) -> Bool {
        route["name"]?.text.map(\.isEmpty) ?? true
    }
}
