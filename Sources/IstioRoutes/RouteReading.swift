package import JSONTree
package import Manifests

/// One destination of a route, as it counts.
package struct RouteDestination: Hashable, Sendable {
    package let host: MeshHost
    package let subset: String?
    /// A lone destination without a weight has 100, one of several has 0.
    package let weight: Int
}

/// Which http route of a VirtualService: its place changes when others are added, this does not.
package enum RouteKey: Hashable, Sendable, CustomStringConvertible {
    case named(String)
    /// The n-th, from 0, of those without a name that lead to the service.
    case unnamed(Int)

    package var description: String {
        switch self {
        case .named(let name): name
        case .unnamed(let place): "(unnamed \(place + 1))"
        }
    }
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
        ObjectReference(.virtualService, namespace: object.namespace, name: object.name)
    }

    var place: String { "\(reference)" }

    func host(_ written: String) -> MeshHost {
        MeshHost(written, from: object.namespace, domain: domain)
    }

    package var http: [JSONTree] { object.spec["http"]?.items ?? [] }

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
            return (route, ObjectReference(.virtualService, namespace: namespace, name: name))
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

    /// Whether any destination of the route is the host; also true where only the host is legible.
    package func leads(_ route: JSONTree, to host: MeshHost) -> Bool {
        (route["route"]?.items ?? []).contains {
            $0.at("destination", "host")?.text.map(self.host) == host
        }
    }

    /// Whether requests are copied to the host.
    func mirrors(_ route: JSONTree, to host: MeshHost) -> Bool {
        let single = route.at("mirror", "host")?.text
        let many = (route["mirrors"]?.items ?? []).compactMap { $0.at("destination", "host")?.text }
        return (many + [single].compactMap { $0 }).contains { self.host($0) == host }
    }

    package func key(at place: Int, leadingTo host: MeshHost) -> RouteKey {
        if let name = http[place]["name"]?.text, !name.isEmpty { return .named(name) }
        let before = http.prefix(place).filter { Self.isUnnamed($0) && leads($0, to: host) }
        return .unnamed(before.count)
    }

    package func place(of key: RouteKey, leadingTo host: MeshHost) -> Int? {
        switch key {
        case .named(let name):
            return http.firstIndex { $0["name"]?.text == name }
        case .unnamed(let wanted):
            let unnamed = unnamedPlaces(leadingTo: host)
            return unnamed.indices.contains(wanted) ? unnamed[wanted] : nil
        }
    }

    func unnamedPlaces(leadingTo host: MeshHost) -> [Int] {
        http.indices.filter { Self.isUnnamed(http[$0]) && leads(http[$0], to: host) }
    }

    private static func isUnnamed(_ route: JSONTree) -> Bool {
        route["name"]?.text.map(\.isEmpty) ?? true
    }
}
