internal import JSONTree
internal import Manifests

/// Where clients within the mesh open TCP connections: one listener for each port that speaks no
/// HTTP, at its Service's address.
///
/// A Service that says `10.96.a.b` is really at `127.96.a.b`.
struct MeshStreams: Sendable {
    private let view: MeshView

    init(_ view: MeshView) { self.view = view }

    func listeners() -> [JSONTree] {
        view.services.flatMap { service in
            (service.spec["ports"]?.items ?? []).compactMap { listener(service, $0) }
        }
    }

    /// The loopback address that stands for a Service's own.
    static func address(of service: KubernetesObject) -> String? {
        guard let ip = service.spec["clusterIP"]?.text, ip.hasPrefix("10.") else { return nil }
        return "127" + ip.dropFirst(2)
    }

    private func listener(_ service: KubernetesObject, _ port: JSONTree) -> JSONTree? {
        guard port["name"]?.text?.hasPrefix("tcp") == true, let number = port["port"]?.whole,
            let address = Self.address(of: service)
        else { return nil }
        let host = MeshView.host(of: service)
        return [
            "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
            "name": .string("\(host):\(number)"),
            "address": [
                "socket_address": [
                    "address": .string(address), "port_value": .integer(number),
                ]
            ],
            "filter_chains": [
                [
                    "filters": [
                        [
                            "name": "envoy.filters.network.tcp_proxy",
                            "typed_config": [
                                "@type": .string(
                                    "type.googleapis.com/envoy.extensions.filters.network"
                                        + ".tcp_proxy.v3.TcpProxy"),
                                "stat_prefix": "stream",
                                "weighted_clusters": [
                                    "clusters": .array(shares(of: host, number))
                                ],
                            ],
                        ]
                    ]
                ]
            ],
        ]
    }

    /// By the first TCP route of a VirtualService for the host; without one, all of the Service.
    private func shares(of host: String, _ port: Int) -> [JSONTree] {
        for service in view.virtualServices {
            let hosts = service.spec["hosts"]?.items?.compactMap(\.text) ?? []
            guard hosts.contains(where: { MeshView.full($0, in: service.namespace) == host })
            else { continue }
            for route in service.spec["tcp"]?.items ?? [] {
                let matches = route["match"]?.items ?? []
                guard matches.isEmpty || matches.contains(where: { $0["port"]?.whole == port })
                else { continue }
                return shares(route, of: service, port)
            }
        }
        return [["name": .string(MeshTables.cluster(host, port, "")), "weight": 100]]
    }

    private func shares(_ route: JSONTree, of service: KubernetesObject, _ port: Int)
        -> [JSONTree]
    {
        let destinations = route["route"]?.items ?? []
        return destinations.compactMap { entry in
            let weight = entry["weight"]?.whole ?? (destinations.count == 1 ? 100 : 0)
            guard weight > 0 else { return nil }
            let host = MeshView.full(
                entry.at("destination", "host")?.text ?? "", in: service.namespace)
            let subset = entry.at("destination", "subset")?.text ?? ""
            return [
                "name": .string(MeshTables.cluster(host, port, subset)),
                "weight": .integer(weight),
            ]
        }
    }
}
