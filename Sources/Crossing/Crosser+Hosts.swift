internal import JSONTree
internal import YAML

/// Argo's split between two Services, behind the host of a third one: users stay divided by hosts.
extension Crosser {
    /// By it Argo tells its pods apart, in the selectors of Services and subsets.
    static let hash = "rollouts-pod-template-hash"

    /// The Service by whose name clients call, where the routes that Argo moves claim one besides
    /// those of the two versions.
    func front(_ istio: ForeignField?, besides versions: [String]) -> String? {
        for reference in references(istio) {
            let hosts = virtualService(reference)?.node.at("spec", "hosts")?.items ?? []
            for host in hosts.compactMap(\.scalar?.text) {
                guard !Self.isPublic(host), !host.contains("*") else { continue }
                let name = String(host.prefix { $0 != "." })
                if !versions.contains(name) { return name }
            }
        }
        return nil
    }

    /// Says what must be done in the cluster, and brings a Service of the candidate's pods with the
    /// manifest.
    mutating func divideByHosts(
        front: String, stable: String, _ canary: ForeignField?, _ istio: ForeignField?
    ) {
        change(
            canary?["stableService"],
            "Theseus turns no selector: a Service is of one version, and the next release is led to a"
                + " Service of its own",
            do:
                "let Service \(front) select the pods of both versions; and let Service \(stable) say"
                + " version: and what users have now, in place of \(Self.hash)")
        leave(
            canary?["canaryService"],
            "the candidate's Service comes with its manifest, and has the version behind its name",
            do: "take it off \(places(istio)), and delete it")
        draft.versionService = (front, stable)
    }

    /// The routes that Argo moves, for people.
    func places(_ istio: ForeignField?) -> String {
        let named = references(istio).map { reference in
            let name = reference["name"]?.text ?? ""
            let routes = reference["routes"]?.texts ?? []
            let which = routes.isEmpty ? "the routes" : "route \(routes.joined(separator: ", "))"
            return "\(which) of VirtualService \(name)"
        }
        return named.isEmpty ? "the routes" : named.joined(separator: " and ")
    }

    /// The Service of the candidate's pods, for the manifest: of the version that its Deployment says,
    /// else of the one that the flow gives both.
    mutating func versionService(with deployment: JSONTree) -> JSONTree? {
        guard let (front, stable) = draft.versionService else { return nil }
        let version = deployment.at("spec", "template", "metadata", "labels", "version")?.text
        let name = version.map { "\(front)-\($0)" } ?? front
        var metadata: JSONTree = ["name": .string(name)]
        if let namespace = objects[root].namespace { metadata["namespace"] = .string(namespace) }
        var selector = deployment.at("spec", "selector", "matchLabels") ?? .object([:])
        selector["version"] = .string(version ?? "candidate")
        let ports = ports(ofServices: [stable, front])
        if ports == nil {
            ask(
                "spec.target.manifest", "no Service among the files says which ports \(stable) has",
                do: "write them into the manifest's Service, each with its name")
        }
        return [
            "apiVersion": "v1", "kind": "Service", "metadata": metadata,
            "spec": ["selector": selector, "ports": ports ?? [["name": "http", "port": 80]]],
        ]
    }

    /// Of the first that is among the files.
    private func ports(ofServices names: [String]) -> JSONTree? {
        for name in names {
            let service = objects.first { $0.kind == "Service" && $0.name == name }
            if let ports = service?.node.at("spec", "ports")?.tree { return ports }
        }
        return nil
    }
}
