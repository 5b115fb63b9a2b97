internal import JSONTree

/// The three lists of a VirtualService that hold routes.
package enum RouteProtocol: String, Hashable, Sendable, CaseIterable {
    case http
    case tls
    case tcp
}

/// Where a route stands in its VirtualService now.
struct RoutePlace: Hashable, Sendable {
    let list: RouteProtocol
    let index: Int
}

/// Which route of a VirtualService: its place changes when others are added, this does not.
package enum RouteKey: Hashable, Sendable, CustomStringConvertible {
    case named(String)
    /// The n-th http route, from 0, of those without a name that lead to the service.
    case unnamed(Int)
    /// TLS routes bear no name: the ports and the SNI hosts of all their match blocks, sorted.
    case tls(ports: [Int], sniHosts: [String])
    /// TCP routes bear no name either.
    case tcp(ports: [Int])

    package var list: RouteProtocol {
        switch self {
        case .named, .unnamed: .http
        case .tls: .tls
        case .tcp: .tcp
        }
    }

    package var description: String {
        switch self {
        case .named(let name): name
        case .unnamed(let place): "(unnamed \(place + 1))"
        case .tls(let ports, let hosts): "\(Self.words(ports)) \(hosts.joined(separator: ","))"
        case .tcp(let ports): Self.words(ports)
        }
    }

    /// The list and the key, as in: http route primary.
    package var words: String { "\(list.rawValue) route \(self)" }

    private static func words(_ ports: [Int]) -> String {
        ports.isEmpty ? "(every port)" : ports.map(String.init).joined(separator: ",")
    }

    /// Of a route that stands in the list `tls` or `tcp`.
    init?(unnamedIn list: RouteProtocol, _ route: JSONTree) {
        let blocks = route["match"]?.items ?? []
        let ports = Set(blocks.compactMap { $0["port"]?.whole }).sorted()
        switch list {
        case .http: return nil
        case .tls:
            let hosts = blocks.flatMap { $0["sniHosts"]?.items ?? [] }.compactMap(\.text)
            self = .tls(ports: ports, sniHosts: Set(hosts.map { $0.lowercased() }).sorted())
        case .tcp: self = .tcp(ports: ports)
        }
    }
}

extension RouteKey {
    /// The members by which a record names the route.
    var members: JSONObject {
        switch self {
        case .named(let name): ["name": .string(name)]
        case .unnamed(let place): ["unnamed": .integer(place)]
        case .tls(let ports, let hosts):
            [
                "tls": .array(ports.map(JSONTree.integer)),
                "sniHosts": .array(hosts.map(JSONTree.string)),
            ]
        case .tcp(let ports): ["tcp": .array(ports.map(JSONTree.integer))]
        }
    }

    init?(members: JSONTree) {
        if let name = members["name"]?.text {
            self = .named(name)
        } else if let place = members["unnamed"]?.whole {
            self = .unnamed(place)
        } else if let ports = members["tls"]?.items {
            self = .tls(
                ports: ports.compactMap(\.whole),
                sniHosts: (members["sniHosts"]?.items ?? []).compactMap(\.text))
        } else if let ports = members["tcp"]?.items {
            self = .tcp(ports: ports.compactMap(\.whole))
        } else {
            return nil
        }
    }
}
