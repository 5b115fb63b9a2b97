internal import HTTPMessages
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

/// The API server as nodes and controllers see it: statuses, bindings, whatever has no other door.
struct RigCluster: Sendable {
    let client: KubernetesClient
    private let server: String
    private let token: String
    private let transport: any HTTPTransport

    init(
        client: KubernetesClient, server: String, token: String, transport: any HTTPTransport
    ) {
        self.client = client
        self.server = server
        self.token = token
        self.transport = transport
    }

    /// Sends to a path; gives the status and the tree.
    @discardableResult
    func send(
        _ method: String, _ path: String, _ body: JSONTree? = nil,
        type: String = "application/json"
    ) async throws -> (status: Int, tree: JSONTree) {
        var headers: HTTPHeaders = [
            "Authorization": "Bearer \(token)", "Accept": "application/json",
            "User-Agent": "rig",
        ]
        if body != nil { headers["Content-Type"] = type }
        let answer = try await transport.send(
            HTTPRequest(
                method, server + path, headers: headers, body: body.map(HTTPBody.tree) ?? .empty))
        return (answer.status, ((try? answer.body.tree()) ?? nil) ?? .null)
    }

    /// Sends, and takes no refusal.
    @discardableResult
    func insist(
        _ method: String, _ path: String, _ body: JSONTree? = nil,
        type: String = "application/json"
    ) async throws -> JSONTree {
        let answer = try await send(method, path, body, type: type)
        guard (200..<300).contains(answer.status) else {
            throw RigError(
                "the API server refuses: \(answer.tree["message"]?.text ?? "\(answer.status)")",
                place: "\(method) \(path)", remedy: "mend the rig: it asks for what cannot be")
        }
        return answer.tree
    }

    /// Creates objects one after the other.
    func create(_ trees: [JSONTree]) async throws {
        for tree in trees {
            let object = KubernetesObject(tree)
            guard let kind = Self.kind(of: object) else {
                throw RigError(
                    "a kind without a name: \(object.apiVersion) \(object.kind)",
                    place: object.name, remedy: "name it in RigCluster")
            }
            let namespace = object.namespace.isEmpty ? nil : object.namespace
            try await insist("POST", kind.path(namespace: namespace), tree)
        }
    }

    /// Merges `change` into an object.
    func merge(_ change: JSONTree, into reference: ObjectReference) async throws {
        try await insist(
            "PATCH", reference.kind.path(namespace: reference.namespace, name: reference.name),
            change, type: "application/merge-patch+json")
    }

    /// In whatever version the object names.
    private static func kind(of object: KubernetesObject) -> ResourceKind? {
        let parts = object.apiVersion.split(separator: "/").map(String.init)
        guard let version = parts.last,
            let known = (ResourceKind.known + RigKinds.all).first(where: {
                $0.kind == object.kind && $0.group == (parts.count == 2 ? parts[0] : "")
            })
        else { return nil }
        return ResourceKind(
            group: known.group, version: version, kind: known.kind, plural: known.plural)
    }
}

/// The kinds as Kubernetes 1.20 serves them, and those that only the rig needs.
enum RigKinds {
    static let autoscaler = ResourceKind(
        group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler",
        plural: "horizontalpodautoscalers")
    static let disruptionBudget = ResourceKind(
        group: "policy", version: "v1beta1", kind: "PodDisruptionBudget",
        plural: "poddisruptionbudgets")
    static let customDefinition = ResourceKind(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions")

    static let all = [autoscaler, disruptionBudget, customDefinition]

    /// What is watched from beginning to end.
    static let watched: [ResourceKind] = [
        .pod, .service, .endpoints, .configMap, .deployment, .job, autoscaler, disruptionBudget,
        .lease, .virtualService, .destinationRule, .gateway,
    ]

    /// What a stage is made of, in the order in which it is taken away.
    static let played: [ResourceKind] = [
        .virtualService, .destinationRule, autoscaler, disruptionBudget, .deployment, .job,
        .service,
        .configMap, .lease,
    ]

    /// Istio's kinds, as definitions with no more schema than the API server demands.
    static func istio(versions: [String] = ["v1", "v1beta1", "v1alpha3"]) -> [JSONTree] {
        [ResourceKind.virtualService, .destinationRule, .gateway].map { kind in
            let served: [JSONTree] = versions.map { version in
                [
                    "name": .string(version), "served": true,
                    "storage": .bool(version == versions.first),
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                        ]
                    ],
                ]
            }
            return [
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": ["name": .string("\(kind.plural).\(kind.group)")],
                "spec": [
                    "group": .string(kind.group), "scope": "Namespaced",
                    "names": [
                        "kind": .string(kind.kind), "plural": .string(kind.plural),
                        "singular": .string(kind.kind.lowercased()),
                        "listKind": .string("\(kind.kind)List"),
                    ],
                    "versions": .array(served),
                ],
            ]
        }
    }
}
