internal import JSONTree

/// As much of OpenAPI as clients look for: which kinds can be patched, and that the server itself
/// checks fields, so that clients do not.
enum LabSchema {
    /// Answers `/openapi/v3` and the documents under it; nil: there is none of that path.
    static func answer(_ path: [String]) -> JSONTree? {
        if path.isEmpty { return ["paths": .object(JSONObject(places.map { ($0, link(to: $0)) }))] }
        let wanted = path.joined(separator: "/")
        guard places.contains(wanted) else { return nil }
        return document(wanted)
    }

    /// Where the documents are: `api/v1`, `apis/apps/v1` and so on.
    private static let places: [String] = LabCatalog.all.reduce(into: []) { places, resource in
        for version in resource.versions {
            let place =
                resource.group.isEmpty ? "api/\(version)" : "apis/\(resource.group)/\(version)"
            if !places.contains(place) { places.append(place) }
        }
    }

    private static func link(to place: String) -> JSONTree {
        ["serverRelativeURL": .string("/openapi/v3/\(place)?hash=lab")]
    }

    private static func document(_ place: String) -> JSONTree {
        var paths: JSONTree = [:]
        for resource in LabCatalog.all {
            for version in resource.versions {
                let root =
                    resource.group.isEmpty ? "api/\(version)" : "apis/\(resource.group)/\(version)"
                guard root == place else { continue }
                let scope = resource.isNamespaced ? "/namespaces/{namespace}" : ""
                paths["/\(root)\(scope)/\(resource.plural)/{name}"] = [
                    "patch": [
                        "parameters": [
                            ["name": "dryRun", "in": "query", "schema": ["type": "string"]],
                            [
                                "name": "fieldValidation", "in": "query",
                                "schema": ["type": "string"],
                            ],
                        ],
                        "responses": ["200": ["description": "OK"]],
                        "x-kubernetes-action": "patch",
                        "x-kubernetes-group-version-kind": [
                            "group": .string(resource.group), "version": .string(version),
                            "kind": .string(resource.kind),
                        ],
                    ]
                ]
            }
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "lab"], "paths": paths,
        ]
    }
}
