internal import JSONTree
internal import Manifests

/// The virtual hosts of one listener, from VirtualServices and Services.
struct MeshRoutes: Sendable {
    private let view: MeshView
    private let isGateway: Bool

    init(_ view: MeshView, isGateway: Bool) {
        self.view = view
        self.isGateway = isGateway
    }

    /// Sorted by name; a host that two VirtualServices name has the routes of both at a gateway,
    /// those of the elder in the mesh.
    func hosts() -> [JSONTree] {
        var order: [String] = []
        var routes: [String: [JSONTree]] = [:]
        for service in elders(view.virtualServices) where isBound(service) {
            let own = followed(service).flatMap { self.routes($0.http, of: $0.object) }
            for written in service.spec["hosts"]?.items?.compactMap(\.text) ?? [] {
                let host = MeshView.full(written, in: service.namespace)
                if routes[host] == nil {
                    order.append(host)
                    routes[host] = own
                } else if isGateway {
                    routes[host, default: []] += own
                }
            }
        }
        if !isGateway {
            for service in view.services {
                let host = MeshView.host(of: service)
                guard routes[host] == nil,
                    let port = service.spec["ports"]?.items?.first?["port"]?.whole
                else { continue }
                order.append(host)
                routes[host] = [Self.plain(to: MeshTables.cluster(host, port, ""))]
            }
        }
        return order.sorted().map { host in
            [
                "name": .string(host), "domains": .array(domains(host).map(JSONTree.string)),
                "routes": .array(routes[host] ?? []),
            ]
        }
    }

    /// The HTTP routes of a VirtualService, and in the place of one that delegates those to which it
    /// leads, each asking for what both ask for.
    private func followed(_ service: KubernetesObject) -> [(
        http: JSONTree, object: KubernetesObject
    )] {
        (service.spec["http"]?.items ?? []).flatMap { http in
            guard let delegate = http["delegate"] else { return [(http, service)] }
            let namespace = delegate["namespace"]?.text ?? service.namespace
            let found = view.virtualServices.first {
                $0.name == delegate["name"]?.text && $0.namespace == namespace
                    && ($0.spec["hosts"]?.items ?? []).isEmpty
            }
            guard let found else { return [] }
            return (found.spec["http"]?.items ?? []).map { own in
                (RouteMatch.joined(http, own), found)
            }
        }
    }

    private func elders(_ services: [KubernetesObject]) -> [KubernetesObject] {
        services.sorted {
            let left = $0.tree.at("metadata", "creationTimestamp")?.text ?? ""
            let right = $1.tree.at("metadata", "creationTimestamp")?.text ?? ""
            return (left, $0.namespace, $0.name) < (right, $1.namespace, $1.name)
        }
    }

    private func isBound(_ service: KubernetesObject) -> Bool {
        let gateways = service.spec["gateways"]?.items?.compactMap(\.text) ?? ["mesh"]
        return gateways.contains { ($0 != "mesh") == isGateway }
    }

    /// The short forms of a service's host mean it too.
    private func domains(_ host: String) -> [String] {
        guard host.hasSuffix(".svc.cluster.local") else { return [host] }
        let short = String(host.dropLast(".svc.cluster.local".count))
        return [host, "\(short).svc", short]
    }

    private static func plain(to cluster: String) -> JSONTree {
        [
            "match": ["prefix": "/"],
            "route": ["cluster": .string(cluster), "timeout": "0s", "retry_policy": usualRetries],
        ]
    }

    /// Istio's retries where a route names none.
    private static let usualRetries: JSONTree = [
        "retry_on": "connect-failure,refused-stream,unavailable,cancelled", "num_retries": 2,
        "retry_host_predicate": [
            [
                "name": "envoy.retry_host_predicates.previous_hosts",
                "typed_config": [
                    "@type": .string(
                        "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3"
                            + ".PreviousHostsPredicate")
                ],
            ]
        ],
        "host_selection_retry_max_attempts": 5,
    ]

    // MARK: One route

    private func routes(_ http: JSONTree, of service: KubernetesObject) -> [JSONTree] {
        let matches = http["match"]?.items ?? []
        let usable = matches.filter { match in
            guard let gateways = match["gateways"]?.items?.compactMap(\.text) else { return true }
            return gateways.contains { ($0 != "mesh") == isGateway }
        }
        if !matches.isEmpty, usable.isEmpty { return [] }
        let action = action(http, of: service)
        return (usable.isEmpty ? [.object([:])] : usable).map { match in
            var route = action
            route["name"] = http["name"]
            route["match"] = RouteMatch.envoy(match)
            return route
        }
    }

    private func action(_ http: JSONTree, of service: KubernetesObject) -> JSONTree {
        var route: JSONTree = [:]
        let added = headers(http["headers"])
        for (key, value) in added { route[key] = value }
        if let direct = http["directResponse"] {
            route["direct_response"] = ["status": direct["status"] ?? 200]
            return route
        }
        if let redirect = http["redirect"] {
            var target: JSONTree = [:]
            if let host = redirect["authority"] { target["host_redirect"] = host }
            if let path = redirect["uri"] { target["path_redirect"] = path }
            route["redirect"] = target
            return route
        }
        var action: JSONTree = ["timeout": .string(http["timeout"]?.text ?? "0s")]
        let destinations = http["route"]?.items ?? []
        let clusters: [JSONTree] = destinations.compactMap { entry in
            let weight = entry["weight"]?.whole ?? (destinations.count == 1 ? 100 : 0)
            guard weight > 0 else { return nil }
            var cluster: JSONTree = [
                "name": .string(name(of: entry["destination"], from: service)),
                "weight": .integer(weight),
            ]
            for (key, value) in headers(entry["headers"]) { cluster[key] = value }
            return cluster
        }
        action["weighted_clusters"] = ["clusters": .array(clusters)]
        action["retry_policy"] = retries(http["retries"])
        if let rewrite = http["rewrite"] {
            if let uri = rewrite["uri"] { action["prefix_rewrite"] = uri }
            if let authority = rewrite["authority"] { action["host_rewrite_literal"] = authority }
        }
        if let mirror = http["mirror"] {
            let percent = http.at("mirrorPercentage", "value")?.decimal ?? 100
            action["request_mirror_policies"] = [
                [
                    "cluster": .string(name(of: mirror, from: service)),
                    "runtime_fraction": [
                        "default_value": [
                            "numerator": .integer(Int(percent * 10_000)), "denominator": "MILLION",
                        ]
                    ],
                ]
            ]
        }
        route["route"] = action
        return route
    }

    private func name(of destination: JSONTree?, from service: KubernetesObject) -> String {
        let host = MeshView.full(destination?["host"]?.text ?? "", in: service.namespace)
        let known = view.service(host)?.spec["ports"]?.items?.first?["port"]?.whole
        let port = destination?.at("port", "number")?.whole ?? known ?? 80
        return MeshTables.cluster(host, port, destination?["subset"]?.text ?? "")
    }

    private func retries(_ written: JSONTree?) -> JSONTree? {
        guard let written else { return Self.usualRetries }
        let attempts = written["attempts"]?.whole ?? 2
        guard attempts > 0 else { return nil }
        var policy = Self.usualRetries
        policy["num_retries"] = .integer(attempts)
        if let on = written["retryOn"] { policy["retry_on"] = on }
        if let each = written["perTryTimeout"] { policy["per_try_timeout"] = each }
        return policy
    }

    /// `headers: {request, response}` with `set`, `add` and `remove`.
    private func headers(_ written: JSONTree?) -> [(String, JSONTree)] {
        var parts: [(String, JSONTree)] = []
        for side in ["request", "response"] {
            guard let change = written?[side] else { continue }
            var lines: [JSONTree] = []
            for (word, action) in [
                ("set", "OVERWRITE_IF_EXISTS_OR_ADD"), ("add", "APPEND_IF_EXISTS_OR_ADD"),
            ] {
                for member in change[word]?.members ?? [:] {
                    lines.append([
                        "header": ["key": .string(member.key), "value": member.value],
                        "append_action": .string(action),
                    ])
                }
            }
            if !lines.isEmpty { parts.append(("\(side)_headers_to_add", .array(lines))) }
            if let gone = change["remove"] { parts.append(("\(side)_headers_to_remove", gone)) }
        }
        return parts
    }
}
