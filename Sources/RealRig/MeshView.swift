internal import JSONTree
internal import Manifests

/// What an istiod knows of the cluster at one moment.
struct MeshView: Sendable {
    var virtualServices: [KubernetesObject] = []
    var destinationRules: [KubernetesObject] = []
    var services: [KubernetesObject] = []
    var endpoints: [KubernetesObject] = []
    var pods: [KubernetesObject] = []

    static let kinds: [ResourceKind] = [
        .virtualService, .destinationRule, .service, .endpoints,
    ]

    /// A host as written in an object of `namespace`, in full.
    static func full(_ host: String, in namespace: String) -> String {
        let parts = host.split(separator: ".")
        if parts.count == 1 { return "\(host).\(namespace).svc.cluster.local" }
        if parts.count == 3, parts[2] == "svc" { return "\(host).cluster.local" }
        return host
    }

    static func host(of service: KubernetesObject) -> String {
        full(service.name, in: service.namespace)
    }

    func service(_ host: String) -> KubernetesObject? {
        services.first { Self.host(of: $0) == host }
    }

    /// A place behind a service: where it really is, and its pod's labels.
    struct Place: Hashable, Sendable {
        let address: String
        let port: Int
        let labels: JSONTree
    }

    /// Ready places of one port of a service.
    func places(of service: KubernetesObject, port: JSONTree) -> [Place] {
        guard
            let found = endpoints.first(where: {
                $0.name == service.name && $0.namespace == service.namespace
            })
        else { return [] }
        var places: [Place] = []
        for subset in found.tree["subsets"]?.items ?? [] {
            let match = (subset["ports"]?.items ?? []).first {
                ($0["name"]?.text ?? "") == (port["name"]?.text ?? "")
            }
            guard let number = match?["port"]?.whole else { continue }
            for address in subset["addresses"]?.items ?? [] {
                guard let ip = address["ip"]?.text, ip.hasPrefix("10.") else { continue }
                let name = address.at("targetRef", "name")?.text
                let pod = pods.first { $0.name == name && $0.namespace == service.namespace }
                places.append(
                    Place(
                        address: "127" + ip.dropFirst(2), port: number,
                        labels: pod?.tree.at("metadata", "labels") ?? .object([:])))
            }
        }
        return places.sorted { $0.address < $1.address }
    }
}
