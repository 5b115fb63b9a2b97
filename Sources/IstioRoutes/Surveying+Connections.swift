internal import JSONTree
internal import Manifests

/// TLS and TCP routes: they have no names, and their ports can go around every http route.
extension Surveying {
    func checkDatagrams() throws(RouteRefusal) {
        for port in ports(of: service) where port.isDatagram {
            throw RouteRefusal(.notHTTP(protocol: "UDP"), at: port.place)
        }
    }

    /// Refuses a port on which Istio does not read HTTP and that no route of the mesh leads:
    /// connections to it would meet every pod that the Service selects.
    ///
    /// Each list holds for ports of its own kind alone: on a TLS port Istio asks no TCP route, and
    /// on any other no TLS route.
    func checkPorts(_ found: [FoundRoute]) throws(RouteRefusal) {
        for port in ports(of: service) {
            guard let opaque = port.opaque else { continue }
            let isLed = found.contains { route in
                route.reading.isOnMesh && route.reading.hosts.contains(scope.host)
                    && route.place.list == port.list && Self.leads(route, port.number)
            }
            guard !isLed else { continue }
            throw RouteRefusal(.openPort(protocol: opaque), at: port.place)
        }
    }

    /// Whether a TLS or TCP route takes the connections of every client of the mesh to a port.
    private static func leads(_ route: FoundRoute, _ port: Int?) -> Bool {
        guard let blocks = route.route["match"]?.items, !blocks.isEmpty else {
            // A TCP route without a match takes all there is; a TLS route without one takes nothing.
            return route.place.list == .tcp
        }
        return blocks.contains { block in
            let gateways = block["gateways"]?.items ?? []
            return narrowing.allSatisfy { block[$0] == nil }
                && (gateways.isEmpty || gateways.contains { $0.text == "mesh" })
                && (block["port"] == nil || block["port"]?.whole == port)
        }
    }

    /// Fields by which a match leaves some clients, or some addresses, to the mesh's default.
    private static let narrowing = ["sourceLabels", "sourceNamespace", "destinationSubnets"]

    private struct ServicePort {
        let number: Int?
        let isDatagram: Bool
        /// What it says to speak, where that is not HTTP.
        let opaque: String?
        /// It says nothing that Istio knows: each connection is looked at.
        let isSniffed: Bool
        let place: String

        /// The routes by which Istio leads it.
        var list: RouteProtocol { opaque == "TLS" || opaque == "HTTPS" ? .tls : .tcp }
    }

    /// HTTP, by all the names that Istio knows it by.
    private static let spoken = [
        "http", "http2", "grpc", "grpc-web", "udp", "kubernetes.io/h2c", "kubernetes.io/ws",
        "kubernetes.io/wss",
    ]

    /// Ports of which Istio finds out by each connection's first bytes what it is.
    ///
    /// What is HTTP goes by the routes; what is not meets every pod that the Service selects, unless
    /// a TCP route leads it. To refuse that would refuse most services, whose ports are only named
    /// oddly: it is said.
    func sniffedPorts(_ found: [FoundRoute]) -> [String] {
        ports(of: service).filter { port in
            port.isSniffed && !port.isDatagram
                && !found.contains { route in
                    route.reading.isOnMesh && route.reading.hosts.contains(scope.host)
                        && route.place.list == .tcp && Self.leads(route, port.number)
                }
        }.map { port in
            "\(port.place) declares no protocol: Istio looks at each connection, and one that is not"
                + " HTTP goes by no route and meets both versions; set appProtocol (http, grpc, tcp …)"
        }
    }

    /// Whether no port of a Service says to speak anything else.
    func speaksHTTPAlone(_ service: KubernetesObject) -> Bool {
        ports(of: service).allSatisfy { $0.opaque == nil && !$0.isDatagram }
    }

    private func ports(of service: KubernetesObject?) -> [ServicePort] {
        let opaque = ["tcp", "tls", "https", "mongo", "mysql", "redis"]
        return (service?.spec["ports"]?.items ?? []).map { port in
            let name = port["name"]?.text ?? ""
            let said = port["appProtocol"]?.text ?? String(name.prefix { $0 != "-" })
            let number = port["port"]?.whole
            return ServicePort(
                number: number, isDatagram: port["protocol"]?.text == "UDP",
                opaque: opaque.contains(said.lowercased()) ? said.uppercased() : nil,
                isSniffed: !(opaque + Self.spoken).contains(said.lowercased()),
                place: "Service \(scope.namespace)/\(scope.service), port "
                    + (number.map(String.init) ?? name))
        }
    }

    /// The TLS and TCP routes that a flow names in one VirtualService.
    func connections(
        named wanted: RouteName, in reading: RouteReading, among here: [FoundRoute]
    ) throws(RouteRefusal) -> [FoundRoute] {
        var routes: [FoundRoute] = []
        for name in wanted.tls {
            routes += try connections("tls route \(name)", in: reading, among: here, .tls) {
                name.means($0)
            }
        }
        for port in wanted.tcp {
            routes += try connections("tcp route \(port)", in: reading, among: here, .tcp) {
                $0 == .tcp(ports: []) || $0.hasPort(port)
            }
        }
        return routes
    }

    private func connections(
        _ called: String, in reading: RouteReading, among here: [FoundRoute],
        _ list: RouteProtocol, _ isMeant: (RouteKey) -> Bool
    ) throws(RouteRefusal) -> [FoundRoute] {
        let place = "\(reading.place), \(called)"
        let all = reading.routes(list).compactMap { RouteKey(unnamedIn: list, $0) }
        let meant = all.filter(isMeant)
        guard !meant.isEmpty else {
            throw RouteRefusal(
                .noSuchConnection(protocol: list.rawValue, present: all.map { "\($0)" }),
                at: place)
        }
        guard meant.count == 1 else {
            throw RouteRefusal(.severalMeant(present: meant.map { "\($0)" }), at: place)
        }
        let found = here.filter { $0.key == meant[0] }
        guard !found.isEmpty else {
            throw RouteRefusal(.leadsElsewhere(service: scope.service), at: place)
        }
        return found
    }

    /// Two routes of one key could not be told apart when the record is read.
    func checkKey(_ route: FoundRoute) throws(RouteRefusal) {
        guard let key = route.key else { return }
        let bearers = route.reading.routes(key.list).filter {
            RouteKey(unnamedIn: key.list, $0) == key
                && route.reading.leads($0, to: scope.hosts)
        }
        if bearers.count > 1 { throw RouteRefusal(.sameMatch, at: route.words) }
    }
}

extension RouteKey {
    func hasPort(_ port: Int) -> Bool {
        switch self {
        case .tls(let ports, _), .tcp(let ports): ports.contains(port)
        case .named, .unnamed: false
        }
    }
}
