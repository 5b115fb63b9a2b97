package import JSONTree
package import KubernetesAPI

/// Roles with exactly these rights, and their bindings, as objects of the API.
package struct RoleSheet: Sendable {
    package enum Subject: Hashable, Sendable {
        case user(String)
        case serviceAccount(namespace: String, name: String)
    }

    /// One Role for each namespace, with its binding where somebody is named.
    package let objects: [JSONTree]

    private static let group = "rbac.authorization.k8s.io"

    package init(_ rights: [AccessRight], name: String, for subject: Subject?) {
        let rules = Rules(rights).all
        var spaces: [String] = []
        for rule in rules where !spaces.contains(rule.namespace) { spaces.append(rule.namespace) }
        objects = spaces.flatMap { space in
            let metadata: JSONTree = ["name": .string(name), "namespace": .string(space)]
            let role: JSONTree = [
                "apiVersion": .string("\(Self.group)/v1"), "kind": "Role", "metadata": metadata,
                "rules": .array(rules.filter { $0.namespace == space }.map(Self.tree)),
            ]
            guard let subject else { return [role] }
            return [
                role,
                [
                    "apiVersion": .string("\(Self.group)/v1"), "kind": "RoleBinding",
                    "metadata": metadata,
                    "roleRef": [
                        "apiGroup": .string(Self.group), "kind": "Role", "name": .string(name),
                    ],
                    "subjects": [Self.tree(subject)],
                ],
            ]
        }
    }

    private static func tree(_ rule: Rules.Rule) -> JSONTree {
        var tree: JSONTree = [
            "apiGroups": [.string(rule.group)], "resources": [.string(rule.resource)],
        ]
        if !rule.names.isEmpty {
            tree["resourceNames"] = .array(rule.names.map(JSONTree.string))
        }
        tree["verbs"] = .array(rule.verbs.map(JSONTree.string))
        return tree
    }

    private static func tree(_ subject: Subject) -> JSONTree {
        switch subject {
        case .user(let name):
            ["apiGroup": .string(group), "kind": "User", "name": .string(name)]
        case .serviceAccount(let namespace, let name):
            [
                "kind": "ServiceAccount", "namespace": .string(namespace), "name": .string(name),
            ]
        }
    }
}
