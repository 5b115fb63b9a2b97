// Drafting — `theseus init`: the first flow of a service, from what stands in the cluster.
//
//   ServiceSearch    looks at a namespace, and at one of its services
//   ServiceFinding   what was found of it
//   FlowDraft        the flow and the candidate's manifest as texts, and a note on everything guessed
//
// It reads alone. What it writes is a beginning: `lint`, `doctor` and `plan` say whether it is a good one.

internal import IstioRoutes
internal import JSONTree
package import KubernetesAPI
internal import Manifests
internal import Timekeeping
internal import Workloads

/// Looks at what could be released in one namespace.
package struct ServiceSearch: Sendable {
    private let client: KubernetesClient
    private let namespace: String

    package init(_ client: KubernetesClient, namespace: String) {
        self.client = client
        self.namespace = namespace
    }

    private func all(_ kind: ResourceKind, in space: String?) async throws -> [KubernetesObject] {
        try await client.patiently { try await $0.list(kind, namespace: space).items }
    }

    /// Of all namespaces, or of this one where the account may not see the others.
    private func everywhere(_ kind: ResourceKind) async throws -> [KubernetesObject] {
        do {
            return try await all(kind, in: nil)
        } catch let error as KubernetesError where error.code == .forbidden {
            return try await all(kind, in: namespace)
        }
    }

    /// The names of services behind which a Deployment stands.
    package func candidates() async throws -> [String] {
        let deployments = try await all(.deployment, in: namespace)
        return try await all(.service, in: namespace).filter { service in
            guard let selector = LabelSelector(service: service) else { return false }
            return deployments.contains { selector.matches($0.templateLabels) }
        }.map(\.name).sorted()
    }

    /// nil where there is no such service.
    package func finding(_ name: String) async throws -> ServiceFinding? {
        let services = try await everywhere(.service)
        guard
            let service = services.first(where: { $0.namespace == namespace && $0.name == name })
        else { return nil }
        var finding = ServiceFinding(namespace: namespace, service: name)
        let selector = LabelSelector(service: service)
        finding.deployments = try await all(.deployment, in: namespace)
            .filter { selector?.matches($0.templateLabels) ?? false }
            .sorted { Self.ready($0) > Self.ready($1) }
        let version = try await IstioRouter.servedVersion(client)
        let host = MeshHost(name, from: namespace)
        for object in try await everywhere(.virtualService.inVersion(version)) {
            let reading = RouteReading(object)
            let routes = reading.http.filter { reading.leads($0, to: ServiceHosts(host)) }
            guard !routes.isEmpty else { continue }
            finding.routes.append(
                ServiceFinding.Route(
                    virtualService: object.name, namespace: object.namespace,
                    http: routes.map { $0["name"]?.text ?? "" }))
            let outside = (object.spec["gateways"]?.items ?? []).compactMap(\.text)
                .filter { $0 != "mesh" }
            let hosts = (object.spec["hosts"]?.items ?? []).compactMap(\.text)
            if !outside.isEmpty, finding.host == nil {
                finding.host = hosts.last { $0.contains(".") && !$0.hasPrefix("*") }
                finding.isBehindGateway = true
            }
        }
        finding.gateway = Self.gateway(services)
        finding.prometheus = Self.prometheus(services)
        return finding
    }

    private static func ready(_ deployment: KubernetesObject) -> Int {
        deployment.status["readyReplicas"]?.whole ?? 0
    }

    /// Where Istio's own ingress gateway answers.
    private static func gateway(_ services: [KubernetesObject]) -> String? {
        let gateway = services.first { service in
            LabelSelector(service: service)?.matches(["istio": "ingressgateway"]) ?? false
                || service.name == "istio-ingressgateway"
        }
        guard let gateway else { return nil }
        let entry = gateway.status.at("loadBalancer", "ingress")?.items?.first
        let address = entry?["hostname"]?.text ?? entry?["ip"]?.text
        return "http://\(address ?? "\(gateway.name).\(gateway.namespace)")"
    }

    /// By the names that charts give it.
    private static func prometheus(_ services: [KubernetesObject]) -> String? {
        let names = [
            "prometheus", "prometheus-server", "prometheus-operated", "prometheus-k8s",
            "kube-prometheus-stack-prometheus",
        ]
        func rank(_ service: KubernetesObject) -> String {
            (service.namespace == "istio-system" ? "0" : "1") + service.namespace
        }
        let found = services.filter { names.contains($0.name) }.min { rank($0) < rank($1) }
        guard let found else { return nil }
        let ports = found.spec["ports"]?.items ?? []
        let port = ports.first { $0["port"]?.whole == 9090 } ?? ports.first
        let tail = port?["port"]?.whole.map { $0 == 80 ? "" : ":\($0)" } ?? ""
        return "http://\(found.name).\(found.namespace)\(tail)"
    }
}
