internal import JSONTree

/// What the API server says of itself: which groups, which kinds, which version.
enum LabDiscovery {
    /// nil: no path of discovery.
    static func answer(_ address: LabAddress, without unserved: [String]) -> JSONTree? {
        let path = address.path
        switch (path.first, path.count) {
        case ("version", 1): return version
        case ("api", 1): return ["kind": "APIVersions", "versions": ["v1"]]
        case ("api", 2): return resources(group: "", version: path[1])
        case ("apis", 1):
            return [
                "kind": "APIGroupList", "apiVersion": "v1",
                "groups": .array(LabCatalog.groups.compactMap { group($0, unserved) }),
            ]
        case ("apis", 2):
            guard var tree = group(path[1], unserved) else { return nil }
            tree["kind"] = "APIGroup"
            tree["apiVersion"] = "v1"
            return tree
        case ("apis", 3) where unserved.contains("\(path[1])/\(path[2])"): return nil
        case ("apis", 3): return resources(group: path[1], version: path[2])
        case ("openapi", _) where path.dropFirst().first == "v3":
            return LabSchema.answer(Array(path.dropFirst(2)))
        case ("healthz", _), ("livez", _), ("readyz", _): return ["status": "ok"]
        default: return nil
        }
    }

    private static let version: JSONTree = [
        "major": "1", "minor": "33", "gitVersion": "v1.33.0+theseus-lab",
        "gitCommit": "lab", "gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "none", "compiler": "swiftc", "platform": "lab/memory",
    ]

    private static func versions(of group: String) -> [String] {
        LabCatalog.all.filter { $0.group == group }.map(\.versions)
            .reduce(into: []) { all, some in all += some.filter { !all.contains($0) } }
    }

    private static func group(_ name: String, _ unserved: [String]) -> JSONTree? {
        let versions = versions(of: name).filter { !unserved.contains("\(name)/\($0)") }.map {
            version -> JSONTree in
            ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
        }
        guard let first = versions.first else { return nil }
        return [
            "name": .string(name), "versions": .array(versions), "preferredVersion": first,
        ]
    }

    private static func resources(group: String, version: String) -> JSONTree? {
        let served = LabCatalog.all.filter { $0.group == group && $0.versions.contains(version) }
        guard !served.isEmpty else { return nil }
        return [
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"),
            "resources": .array(served.flatMap(entries)),
        ]
    }

    private static func entries(_ resource: LabResource) -> [JSONTree] {
        var main: JSONTree = [
            "name": .string(resource.plural), "singularName": .string(resource.singular),
            "namespaced": .bool(resource.isNamespaced), "kind": .string(resource.kind),
            "verbs": [
                "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
            ],
        ]
        if !resource.shortNames.isEmpty {
            main["shortNames"] = .array(resource.shortNames.map(JSONTree.string))
        }
        if resource.isInAll { main["categories"] = ["all"] }
        var entries = [main]
        if resource.hasScale {
            entries.append([
                "name": .string(resource.plural + "/scale"), "singularName": "",
                "namespaced": .bool(resource.isNamespaced), "group": "autoscaling",
                "version": "v1", "kind": "Scale", "verbs": ["get", "patch", "update"],
            ])
        }
        if resource.hasStatus {
            entries.append([
                "name": .string(resource.plural + "/status"), "singularName": "",
                "namespaced": .bool(resource.isNamespaced), "kind": .string(resource.kind),
                "verbs": ["get", "patch", "update"],
            ])
        }
        return entries
    }
}
