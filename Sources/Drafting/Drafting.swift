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
        let found = try await all(.service, in: namespace).filter { service in
            guard let selector = LabelSelector(service: service) else { return false }
            return deployments.contains { selector.matches($0.templateLabels) }
        }
        // One that selects fewer of another's pods is of a version, and no service by itself.
        return found.filter { service in !found.contains { Self.isPart(service, of: $0) } }
            .map(\.name).sorted()
    }

    private static func isPart(_ service: KubernetesObject, of whole: KubernetesObject) -> Bool {
        let (own, theirs) = (
            service.spec["selector"]?.members ?? [:], whole.spec["selector"]?.members ?? [:]
        )
        return own.count > theirs.count && theirs.allSatisfy { own[$0.key] == $0.value }
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
        let readings = try await everywhere(.virtualService.inVersion(version))
            .map { RouteReading($0) }
        let here = services.filter { $0.namespace == namespace }
        finding.services = here.map(\.name)
        finding.stableService = Self.stableService(
            among: here.filter { $0.name != name }, &finding.deployments, host, readings)
        let hosts = finding.stableService.map {
            let own = MeshHost($0.name, from: namespace)
            return ServiceHosts(service: host, stable: own, candidate: own)
        }
        for reading in readings {
            let object = reading.object
            let routes = reading.http.filter {
                reading.leads($0, to: hosts ?? ServiceHosts(host))
            }
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

    /// The Service of one version alone to which users are led, where no route leads to the service
    /// itself; that version's Deployment comes first then.
    private static func stableService(
        among services: [KubernetesObject], _ deployments: inout [KubernetesObject],
        _ host: MeshHost, _ readings: [RouteReading]
    ) -> KubernetesObject? {
        let ways = readings.flatMap { reading in
            reading.http.flatMap { reading.destinations(of: $0) ?? [] }
        }
        guard !ways.contains(where: { $0.host == host }) else { return nil }
        func weight(of service: KubernetesObject) -> Int {
            let own = MeshHost(service.name, from: service.namespace)
            return ways.filter { $0.host == own }.map(\.weight).max() ?? 0
        }
        func selects(_ service: KubernetesObject) -> [KubernetesObject] {
            let selector = LabelSelector(service: service)
            return deployments.filter { selector?.matches($0.templateLabels) ?? false }
        }
        let own = services.filter { weight(of: $0) > 0 && selects($0).count == 1 }
        guard let found = own.max(by: { weight(of: $0) < weight(of: $1) }),
            let stable = selects(found).first
        else { return nil }
        deployments.sort { first, second in
            (first.name == stable.name ? 1 : 0) > (second.name == stable.name ? 1 : 0)
        }
        return found
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
