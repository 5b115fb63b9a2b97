internal import CanaryEngine
internal import FlowFiles
internal import JSONTree
internal import Manifests
internal import Voyage

/// A world made of a flow's own files: stable is the candidate's manifest under another label, and
/// the routes are those that the flow names.
struct BareWorld: Sendable {
    let tree: JSONTree
    /// nil for a first release.
    let stable: RunCharter.Version?

    /// So many pods stable has at least: with one alone capacity would never matter.
    private static let leastPods = 3
    private static let gateway = "rehearsal-gateway"

    init(_ flow: Flow) throws(RehearsalError) {
        let target = flow.target
        guard let own = target.manifest.first(where: { $0.kind == ResourceKind.deployment.kind }),
            var labels = own.tree.at("spec", "template", "metadata", "labels")
        else { throw RehearsalError(.noDeployment, place: target.service) }
        let version = labels[target.versionLabel]?.text ?? ""
        labels[target.versionLabel] = nil
        guard labels.members?.isEmpty == false else {
            throw RehearsalError(.noLabels, place: "Deployment \(own.name)")
        }
        var objects = [
            Self.namespace(target.namespace),
            Self.service(target, selector: labels),
        ]
        if flow.plan.isFirstRelease {
            stable = nil
        } else {
            let before = Self.before(own, version, flow)
            objects.append(before.tree)
            objects += Self.scaler(of: own.name, for: before.name, flow).map { [$0] } ?? []
            stable = RunCharter.Version(
                deployment: before.name, label: Self.label(beside: version))
        }
        objects += Self.routes(of: flow)
        tree = [
            "kind": "World", "warmUp": "1m",
            "mesh": ["versionLabel": .string(target.versionLabel)],
            "objects": .array(objects),
        ]
    }

    // MARK: Stable

    private static func label(beside version: String) -> String {
        version == "stable" ? "before" : "stable"
    }

    /// The candidate's Deployment as stable's.
    private static func before(
        _ own: KubernetesObject, _ version: String, _ flow: Flow
    ) -> KubernetesObject {
        let target = flow.target
        let label = label(beside: version)
        let name =
            target.stable
            ?? (version.isEmpty || !own.name.contains(version)
                ? "\(own.name)-\(label)" : own.name.replacing(version, with: label))
        var tree = own.tree
        let paths = [
            ["metadata", "labels"], ["spec", "selector", "matchLabels"],
            ["spec", "template", "metadata", "labels"],
        ]
        for path in paths {
            guard tree.at(path + [target.versionLabel]) != nil else { continue }
            tree.set(.string(label), along: (path + [target.versionLabel])[...])
        }
        tree.set(nil, at: "spec", "template", "metadata", "annotations", behaviour)
        tree.set(.string(name), at: "metadata", "name")
        tree.set(.string(target.namespace), at: "metadata", "namespace")
        let pods = tree.at("spec", "replicas")?.whole ?? 1
        tree.set(.integer(max(leastPods, pods)), at: "spec", "replicas")
        return KubernetesObject(tree)
    }

    /// How the Lab's pods of a template behave.
    static let behaviour = "lab.theseus.dev/behaviour"

    /// The manifest's autoscaler for stable, or one that a step of the flow needs.
    private static func scaler(of own: String, for stable: String, _ flow: Flow) -> JSONTree? {
        let kind = ResourceKind.autoscaler.kind
        let given = flow.target.manifest.first {
            $0.kind == kind && $0.spec.at("scaleTargetRef", "name")?.text == own
        }
        let needs = flow.plan.steps.contains { step in
            switch step {
            case .autoscale, .shrink: true
            default: false
            }
        }
        guard given != nil || needs else { return nil }
        var tree: JSONTree =
            given?.tree ?? [
                "apiVersion": "autoscaling/v2", "kind": .string(kind),
                "spec": ["minReplicas": .integer(leastPods), "maxReplicas": 10],
            ]
        tree["metadata"] = ["name": .string(stable), "namespace": .string(flow.target.namespace)]
        tree.set(
            ["apiVersion": "apps/v1", "kind": "Deployment", "name": .string(stable)],
            at: "spec", "scaleTargetRef")
        return tree
    }

    // MARK: What leads there

    private static func namespace(_ name: String) -> JSONTree {
        [
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": ["name": .string(name), "labels": ["istio-injection": "enabled"]],
        ]
    }

    private static func service(_ target: FlowTarget, selector: JSONTree) -> JSONTree {
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string(target.service), "namespace": .string(target.namespace)],
            "spec": [
                "selector": selector,
                "ports": [["name": "http", "port": 80, "targetPort": 8080]],
            ],
        ]
    }

    private static func routes(of flow: Flow) -> [JSONTree] {
        let target = flow.target
        let host = flow.gatewayHost
        var objects: [JSONTree] = []
        if let host {
            objects.append([
                "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
                "metadata": ["name": .string(gateway), "namespace": .string(target.namespace)],
                "spec": [
                    "selector": ["istio": "ingressgateway"],
                    "servers": [
                        [
                            "hosts": [.string(host)],
                            "port": ["name": "http", "number": 80, "protocol": "HTTP"],
                        ]
                    ],
                ],
            ])
        }
        let named = flow.routes.isEmpty ? [FlowRoute(virtualService: target.service)] : flow.routes
        for (index, route) in named.enumerated() {
            objects.append(table(route, isFirst: index == 0, host, target))
        }
        return objects
    }

    /// One VirtualService with the routes that the flow names of it.
    private static func table(
        _ route: FlowRoute, isFirst: Bool, _ host: String?, _ target: FlowTarget
    ) -> JSONTree {
        let destination: JSONTree = [
            [
                "destination": [
                    "host": .string("\(target.service).\(target.namespace).svc.cluster.local")
                ]
            ]
        ]
        let own = "\(route.virtualService).rehearsal.invalid"
        var hosts: [JSONTree] = [.string(isFirst ? target.service : own)]
        var gateways: [JSONTree] = ["mesh"]
        if let host, isFirst {
            hosts.append(.string(host))
            gateways.append(.string(gateway))
        }
        var spec: JSONTree = ["hosts": .array(hosts), "gateways": .array(gateways)]
        if !route.tls.isEmpty {
            spec["tls"] = .array(
                route.tls.map { tls in
                    var match: JSONTree = ["sniHosts": .array(tls.sniHosts.map(JSONTree.string))]
                    if let port = tls.port { match["port"] = .integer(port) }
                    return ["match": [match], "route": destination]
                })
        }
        if !route.tcp.isEmpty {
            spec["tcp"] = .array(
                route.tcp.map { ["match": [["port": .integer($0)]], "route": destination] })
        }
        if route.tls.isEmpty && route.tcp.isEmpty || !route.http.isEmpty {
            let names = route.http.isEmpty ? ["primary"] : route.http
            spec["http"] = .array(
                names.map { name in
                    // All but the last need something to tell them apart.
                    var entry: JSONTree = ["name": .string(name), "route": destination]
                    if name != names.last {
                        entry["match"] = [["uri": ["prefix": .string("/\(name)")]]]
                    }
                    return entry
                })
        }
        return [
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
            "metadata": [
                "name": .string(route.virtualService),
                "namespace": .string(route.namespace ?? target.namespace),
            ],
            "spec": spec,
        ]
    }
}
