internal import CanaryEngine
package import FlowFiles
package import JSONTree
package import Lab
internal import Manifests
internal import TestHooks
package import Voyage

/// A world made of a flow and its manifest alone, in which that flow can be delivered.
///
/// The version that users have is like the candidate, under another name and version label. The
/// Service picks both; the VirtualServices are those that the flow names, or one.
package struct ManifestWorld {
    private let flow: Flow
    private let target: FlowTarget
    private let host: String

    package init(_ flow: Flow) {
        self.flow = flow
        target = flow.target
        host = flow.gateway.map { $0.host ?? Self.host(of: $0.url) } ?? flow.target.service
    }

    /// As the file of a world says it, with users who come from everywhere.
    package func file() throws(LabWorldFileError) -> LabWorldFile {
        var tree = tree
        tree["users"] = [
            [
                "service": .string(target.service), "namespace": .string(target.namespace),
                "perSecond": 50, "host": .string(host),
                "gatewayShare": .integer(flow.gateway == nil ? 0 : 1),
            ]
        ]
        return try LabWorldFile(tree)
    }

    /// The same without users.
    package var tree: JSONTree {
        [
            "kind": "World", "warmUp": "1m",
            "mesh": ["versionLabel": .string(target.versionLabel)],
            "objects": .array(objects),
        ]
    }

    /// The version that users have; nil for a first release.
    package var stable: RunCharter.Version? {
        guard let candidate, !flow.plan.isFirstRelease else { return nil }
        let label = stableVersion
        let version = candidateVersion
        let named =
            version.isEmpty || !candidate.name.contains(version)
            ? "\(candidate.name)-\(label)" : candidate.name.replacing(version, with: label)
        return RunCharter.Version(deployment: target.stable ?? named, label: label)
    }

    private static func host(of url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(rest.prefix { !"/:?#".contains($0) })
    }

    private var objects: [JSONTree] {
        // Namespaces are made where they are missing.
        [service] + stableObjects + gateway + routes
    }

    private func metadata(_ name: String, in namespace: String? = nil) -> JSONTree {
        ["name": .string(name), "namespace": .string(namespace ?? target.namespace)]
    }

    // MARK: Pods

    private var candidate: KubernetesObject? {
        target.manifest.first { $0.kind == ResourceKind.deployment.kind }
    }

    /// Those of the candidate's pods.
    private var labels: [(key: String, value: JSONTree)] {
        (candidate?.spec.at("template", "metadata", "labels")?.members ?? [:]).map {
            ($0.key, $0.value)
        }
    }

    private var service: JSONTree {
        let containers = candidate?.spec.at("template", "spec", "containers")?.items ?? []
        let port = containers.first?["ports"]?.items?.first?["containerPort"] ?? 8080
        func ports(_ numbers: [Int], _ name: String) -> [JSONTree] {
            Set(numbers).sorted().map { number in
                ["name": .string("\(name)-\(number)"), "port": .integer(number)]
            }
        }
        let all =
            [["name": "http", "port": 80, "targetPort": port]]
            + ports(flow.routes.flatMap(\.tcp), "tcp")
            + ports(flow.routes.flatMap { $0.tls.compactMap(\.port) }, "tls")
        return [
            "apiVersion": "v1", "kind": "Service", "metadata": metadata(target.service),
            "spec": [
                "ports": .array(all),
                "selector": .object(JSONObject(labels.filter { $0.key != target.versionLabel })),
            ],
        ]
    }

    private var candidateVersion: String {
        candidate?.spec.at("template", "metadata", "labels", target.versionLabel)?.text ?? ""
    }

    /// The version label of what users have: any that the candidate does not have.
    private var stableVersion: String { candidateVersion == "stable" ? "before" : "stable" }

    private var scaler: KubernetesObject? {
        target.manifest.first {
            $0.kind == ResourceKind.autoscaler.kind
                && $0.spec.at("scaleTargetRef", "name")?.text == candidate?.name
        }
    }

    /// As many pods as the manifest has, and more than one, so that a share of them is less than all.
    private var size: Int {
        let wanted = max(3, candidate?.spec["replicas"]?.whole ?? 1)
        return min(wanted, scaler?.spec["maxReplicas"]?.whole ?? wanted)
    }

    /// The container as it was before this release, which is another image of it.
    private static func before(_ container: JSONTree, _ version: String) -> JSONTree {
        guard let image = container["image"]?.text else { return container }
        var container = container
        container["image"] = .string("\(image)-\(version)")
        return container
    }

    private var stableObjects: [JSONTree] {
        guard let candidate, let stable else { return [] }
        let label = JSONTree.string(stable.label)
        var tree = candidate.tree
        tree["metadata"] = metadata(stable.deployment)
        tree.set(label, at: "spec", "selector", "matchLabels", target.versionLabel)
        tree.set(label, at: "spec", "template", "metadata", "labels", target.versionLabel)
        // How a lab's pods behave is the candidate's own.
        let notes = (candidate.spec.at("template", "metadata", "annotations")?.members ?? [:])
            .map { ($0.key, $0.value) }.filter { !$0.0.hasPrefix("lab.theseus.dev/") }
        let annotations = notes.isEmpty ? nil : JSONTree.object(JSONObject(notes))
        tree.set(annotations, at: "spec", "template", "metadata", "annotations")
        tree.set(.integer(size), at: "spec", "replicas")
        let containers = candidate.spec.at("template", "spec", "containers")?.items ?? []
        tree.set(
            .array(containers.map { Self.before($0, stable.label) }),
            at: "spec", "template", "spec", "containers")
        return [tree, autoscaler(of: stable.deployment)].compactMap { $0 }
    }

    /// Like the manifest's; else one that a step of the flow is about.
    private func autoscaler(of deployment: String) -> JSONTree? {
        guard scaler != nil || flow.plan.steps.contains(where: \.isAboutAutoscalers) else {
            return nil
        }
        var tree: JSONTree =
            scaler?.tree ?? [
                "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                "spec": ["minReplicas": .integer(size), "maxReplicas": .integer(max(10, size))],
            ]
        tree["metadata"] = metadata(deployment)
        tree.set(
            ["apiVersion": "apps/v1", "kind": "Deployment", "name": .string(deployment)],
            at: "spec", "scaleTargetRef")
        return tree
    }

    // MARK: Ways

    private var gateway: [JSONTree] {
        guard flow.gateway != nil else { return [] }
        return [
            [
                "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
                "metadata": metadata("gateway"),
                "spec": [
                    "selector": ["istio": "ingressgateway"],
                    "servers": [
                        [
                            "hosts": [.string(host)],
                            "port": ["name": "http", "number": 80, "protocol": "HTTP"],
                        ]
                    ],
                ],
            ]
        ]
    }

    /// The VirtualServices that the flow names; where it names none, one with one route.
    private var routes: [JSONTree] {
        let named =
            flow.routes.isEmpty ? [FlowRoute(virtualService: target.service)] : flow.routes
        return named.enumerated().map { index, route in
            let isFirst = index == 0
            var hosts: [JSONTree] = [.string("\(route.virtualService).example.test")]
            if isFirst {
                hosts = [.string(serviceHost)]
                if flow.gateway != nil, host != target.service { hosts.append(.string(host)) }
            }
            var spec: JSONTree = ["hosts": .array(hosts)]
            if flow.gateway != nil {
                let gateway = JSONTree.string("\(target.namespace)/gateway")
                spec["gateways"] = isFirst ? [gateway, "mesh"] : [gateway]
            }
            if !route.http.isEmpty || route.tls.isEmpty && route.tcp.isEmpty {
                spec["http"] = .array(http(route))
            }
            if !route.tls.isEmpty { spec["tls"] = .array(route.tls.map(tls)) }
            if !route.tcp.isEmpty {
                spec["tcp"] = .array(
                    route.tcp.map { ["match": [["port": .integer($0)]], "route": way] })
            }
            return [
                "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
                "metadata": metadata(route.virtualService, in: route.namespace), "spec": spec,
            ]
        }
    }

    private var serviceHost: String {
        "\(target.service).\(target.namespace).svc.\(flow.meshDomain ?? "cluster.local")"
    }

    private var way: JSONTree { [["destination": ["host": .string(serviceHost)]]] }

    /// All but the last have a match: else those behind it were never reached.
    private func http(_ route: FlowRoute) -> [JSONTree] {
        guard !route.http.isEmpty else { return [["name": "primary", "route": way]] }
        return route.http.enumerated().map { index, name in
            var tree: JSONTree = ["name": .string(name), "route": way]
            if index < route.http.count - 1 {
                tree["match"] = [["uri": ["prefix": .string("/\(name)")]]]
            }
            return tree
        }
    }

    private func tls(_ route: FlowRoute.TLS) -> JSONTree {
        var match: JSONTree = ["sniHosts": .array(route.sniHosts.map(JSONTree.string))]
        if let port = route.port { match["port"] = .integer(port) }
        return ["match": [match], "route": way]
    }
}

extension Step {
    fileprivate var isAboutAutoscalers: Bool {
        switch self {
        case .autoscale, .shrink: true
        default: false
        }
    }
}
