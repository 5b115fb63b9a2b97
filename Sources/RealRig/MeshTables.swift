internal import JSONTree
internal import Manifests

/// What an istiod makes of a cluster, as Envoy reads it.
struct MeshTables: Hashable, Sendable {
    /// By cluster: its endpoints.
    var endpoints: [String: JSONTree] = [:]
    var clusters: [JSONTree] = []
    /// Beside those of HTTP, which never change.
    var streams: [JSONTree] = []
    var gateway: JSONTree = .null
    var mesh: JSONTree = .null

    /// `folder` is where the endpoints' files are to lie.
    init(_ view: MeshView, folder: String) {
        for service in view.services {
            let host = MeshView.host(of: service)
            let subsets = view.destinationRules.filter {
                MeshView.full($0.spec["host"]?.text ?? "", in: $0.namespace) == host
            }.flatMap { $0.spec["subsets"]?.items ?? [] }
            for port in service.spec["ports"]?.items ?? [] {
                guard let number = port["port"]?.whole else { continue }
                let places = view.places(of: service, port: port)
                add(Self.cluster(host, number, ""), places, folder)
                for subset in subsets {
                    let labels = subset["labels"]?.members ?? [:]
                    let own = places.filter { place in
                        labels.allSatisfy { place.labels[$0.key] == $0.value }
                    }
                    add(Self.cluster(host, number, subset["name"]?.text ?? ""), own, folder)
                }
            }
        }
        streams = MeshStreams(view).listeners()
        gateway = Self.routes("gateway", MeshRoutes(view, isGateway: true).hosts())
        mesh = Self.routes("mesh", MeshRoutes(view, isGateway: false).hosts())
    }

    /// Istio's name of a cluster.
    static func cluster(_ host: String, _ port: Int, _ subset: String) -> String {
        "outbound|\(port)|\(subset)|\(host)"
    }

    /// The file of a cluster's endpoints.
    static func file(of cluster: String) -> String {
        "eds-" + cluster.map { $0 == "|" ? "_" : String($0) }.joined() + ".json"
    }

    private mutating func add(_ name: String, _ places: [MeshView.Place], _ folder: String) {
        guard endpoints[name] == nil else { return }
        let members: [JSONTree] = places.map { place in
            [
                "endpoint": [
                    "address": [
                        "socket_address": [
                            "address": .string(place.address), "port_value": .integer(place.port),
                        ]
                    ]
                ]
            ]
        }
        endpoints[name] = [
            "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
            "cluster_name": .string(name),
            "endpoints": members.isEmpty ? [] : [["lb_endpoints": .array(members)]],
        ]
        let limit: JSONTree = 1_000_000
        clusters.append([
            "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            "name": .string(name), "type": "EDS", "connect_timeout": "1s",
            "lb_policy": "LEAST_REQUEST",
            "common_lb_config": ["healthy_panic_threshold": ["value": 0]],
            "circuit_breakers": [
                "thresholds": [
                    [
                        "max_connections": limit, "max_pending_requests": limit,
                        "max_requests": limit, "max_retries": limit,
                    ]
                ]
            ],
            "eds_cluster_config": [
                "eds_config": [
                    "resource_api_version": "V3",
                    "path_config_source": ["path": .string("\(folder)/\(Self.file(of: name))")],
                ]
            ],
        ])
    }

    private static func routes(_ name: String, _ hosts: [JSONTree]) -> JSONTree {
        [
            "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
            "name": .string(name), "ignore_port_in_host_matching": true,
            "virtual_hosts": .array(hosts),
        ]
    }
}
