internal import JSONTree
internal import Manifests
internal import YAML

/// Users are divided by hosts: the new version's Service comes with its manifest.
extension FlowDraft {
    /// A Service like stable's, of the new version's pods; empty where versions share one, or where it
    /// stands already.
    static func service(_ finding: ServiceFinding, _ next: String) -> String {
        guard let service = finding.stableService,
            let label = finding.versionLabel, let version = finding.version
        else { return "" }
        let name = serviceName(service, version, next)
        guard !finding.services.contains(name) else { return "" }
        var metadata: JSONTree = ["name": .string(name)]
        if let labels = service.tree.at("metadata", "labels") { metadata["labels"] = labels }
        if metadata.at("labels", label) != nil { metadata.set(.string(next), at: "labels", label) }
        var spec: JSONTree = [:]
        for key in ["selector", "sessionAffinity"] {
            let value = service.spec[key]
            if value != "None" { spec[key] = value }
        }
        spec.set(.string(next), at: "selector", label)
        spec["ports"] = .array((service.spec["ports"]?.items ?? []).map(port))
        return "---\n"
            + YAMLWriter.text(of: [
                "apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec,
            ])
    }

    /// Without what the cluster chose.
    private static func port(_ port: JSONTree) -> JSONTree {
        var port = port
        port["nodePort"] = nil
        if port["protocol"] == "TCP" { port["protocol"] = nil }
        return port
    }

    static func serviceName(_ service: KubernetesObject, _ version: String, _ next: String)
        -> String
    {
        guard service.name.hasSuffix("-\(version)") else { return "\(service.name)-\(next)" }
        return service.name.dropLast(version.count) + next
    }

    /// What a person should know of a release by hosts.
    static func hostNotes(_ finding: ServiceFinding) -> [String] {
        guard let service = finding.stableService, let version = finding.version else { return [] }
        let name = serviceName(service, version, next(after: version))
        let whence =
            finding.services.contains(name)
            ? "which stands already" : "which the manifest brings"
        return [
            "the routes lead to \(service.name), the Service of one version: users are divided by"
                + " hosts, and come to \(name), \(whence); each release brings one of its own"
        ]
    }
}
