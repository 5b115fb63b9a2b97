internal import CanaryEngine
internal import FlowFiles
internal import HTTPMessages
internal import JSONTree
internal import Lab
internal import Manifests
internal import MetricsGate
internal import MetricsSources
internal import TestHooks

/// The happy path of somebody's own flow: a world made of its manifest, in which all goes well.
///
/// Tests pass, gates are content, people say yes. What only a real cluster has, a guard's CronJob and a
/// GitOps tool, is left out.
struct FairDay {
    let flow: Flow
    private let target: FlowTarget
    private let host: String

    static let stableLabel = "stable"

    init(_ flow: Flow) {
        self.flow = flow
        target = flow.target
        host = flow.gateway.map { $0.host ?? Self.host(of: $0.url) } ?? flow.target.service
    }

    private static func host(of url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(rest.prefix { !"/:?#".contains($0) })
    }

    func scenario(from source: FlowSource) throws -> Scenario {
        var scenario = Scenario(
            flow.name, version: "", world: try LabWorldFile(world), events: approvals,
            ends: .promoted)
        scenario.origin = source
        scenario.mend = { FairDay($0).mended }
        return scenario
    }

    private var approvals: [Scenario.Event] {
        flow.plan.steps.indices.compactMap { index in
            guard case .approve = flow.plan.steps[index] else { return nil }
            return Scenario.Event(
                .upon(after: .seconds(1)) { $0.isApproving && $0.step == index }, .wish(.approve))
        }
    }

    // MARK: The flow

    /// The same steps, with tests that pass and gates that are content.
    var mended: Flow {
        var flow = flow
        for index in flow.tests.indices {
            if case .job = flow.tests[index].kind { continue }
            flow.tests[index].kind = .command(TestSpec.Command(["true"], sendsRequests: false))
        }
        flow.gates = flow.gates.map { gate in
            var content = GateSpec(
                gate.name, .errorRatio(codes: GateSpec.serverErrors), maximum: 1,
                minimumSamples: 1, every: flow.scrape)
            content.isWatchOnly = gate.isWatchOnly
            return content
        }
        flow.sources = []
        if flow.prometheus != nil {
            flow.prometheus = SourceSpec(
                name: "prometheus", kind: .prometheus,
                address: "http://lab.invalid:7080/prometheus")
        }
        if flow.gateway != nil {
            flow.gateway = GatewayAddress(url: "http://lab.invalid:7081", host: host)
        }
        flow.guardian = nil
        flow.writesBackTo = nil
        flow.plan.isGuarded = false
        flow.plan.writesBack = false
        flow.plan.steps = flow.plan.steps.map(Self.withoutNumbers)
        return flow
    }

    /// A test that only passes has no numbers to record or to compare.
    private static func withoutNumbers(_ step: Step) -> Step {
        func bare(_ call: TestCall) -> TestCall {
            var call = call
            call.baseline = .none
            return call
        }
        switch step {
        case .test(let call): return .test(bare(call))
        case .tests(let calls): return .tests(calls.map(bare))
        default: return step
        }
    }

    // MARK: The world

    private var world: JSONTree {
        [
            "objects": .array(objects),
            "users": [
                [
                    "service": .string(target.service), "namespace": .string(target.namespace),
                    "perSecond": 50, "host": .string(host),
                    "gatewayShare": .integer(flow.gateway == nil ? 0 : 1),
                ]
            ],
        ]
    }

    private var objects: [JSONTree] {
        var trees: [JSONTree] = [
            [
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": [
                    "name": .string(target.namespace), "labels": ["istio-injection": "enabled"],
                ],
            ], service,
        ]
        if !flow.plan.isFirstRelease { trees += stable }
        return trees + gateway + routes
    }

    private var candidate: KubernetesObject? {
        target.manifest.first { $0.kind == ResourceKind.deployment.kind }
    }

    private var labels: [(String, JSONTree)] {
        let labels = candidate?.spec.at("template", "metadata", "labels")?.members ?? [:]
        return labels.map { ($0.key, $0.value) }
    }

    private var service: JSONTree {
        let containers = candidate?.spec.at("template", "spec", "containers")?.items ?? []
        let port = containers.first?["ports"]?.items?.first?["containerPort"] ?? 8080
        let others = flow.routes.flatMap { $0.tcp + $0.tls.compactMap(\.port) }
        let ports: [JSONTree] =
            [["name": "http", "port": 80, "targetPort": port]]
            + Set(others).sorted().map { number in
                ["name": .string("tcp-\(number)"), "port": .integer(number)]
            }
        return [
            "apiVersion": "v1", "kind": "Service", "metadata": metadata(target.service),
            "spec": [
                "ports": .array(ports),
                "selector": .object(JSONObject(labels.filter { $0.0 != target.versionLabel })),
            ],
        ]
    }

    private func metadata(_ name: String, in namespace: String? = nil) -> JSONTree {
        ["name": .string(name), "namespace": .string(namespace ?? target.namespace)]
    }

    /// The version that users have: like the candidate, under another name.
    private var stable: [JSONTree] {
        guard var tree = candidate?.tree else { return [] }
        let name = target.stable ?? "\(target.service)-\(Self.stableLabel)"
        tree["metadata"] = metadata(name)
        let label = JSONTree.string(Self.stableLabel)
        tree.set(label, at: "spec", "selector", "matchLabels", target.versionLabel)
        tree.set(label, at: "spec", "template", "metadata", "labels", target.versionLabel)
        tree.set(3, at: "spec", "replicas")
        guard flow.plan.steps.contains(where: \.needsAutoscaler) else { return [tree] }
        return [
            tree,
            [
                "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                "metadata": metadata(name),
                "spec": [
                    "minReplicas": 3, "maxReplicas": 10,
                    "scaleTargetRef": [
                        "apiVersion": "apps/v1", "kind": "Deployment", "name": .string(name),
                    ],
                ],
            ],
        ]
    }

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
                hosts = [.string(service(of: route))]
                if flow.gateway != nil { hosts.insert(.string(host), at: 0) }
            }
            var spec: JSONTree = ["hosts": .array(hosts)]
            if flow.gateway != nil {
                let gateway = "\(target.namespace)/gateway"
                spec["gateways"] = isFirst ? [.string(gateway), "mesh"] : [.string(gateway)]
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

    private func service(of route: FlowRoute) -> String {
        route.namespace == nil || route.namespace == target.namespace
            ? target.service : "\(target.service).\(target.namespace).svc.cluster.local"
    }

    private var way: JSONTree {
        let host = "\(target.service).\(target.namespace).svc.cluster.local"
        return [["destination": ["host": .string(host)]]]
    }

    /// All but the last have a match: else the ones behind were never reached.
    private func http(_ route: FlowRoute) -> [JSONTree] {
        guard !route.http.isEmpty else { return [["route": way]] }
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
    fileprivate var needsAutoscaler: Bool {
        switch self {
        case .autoscale, .shrink: true
        default: false
        }
    }
}
