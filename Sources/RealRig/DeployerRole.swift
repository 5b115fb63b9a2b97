internal import JSONTree

/// The least that the binary must be allowed, as examples/rbac/deployer.yaml has it.
enum DeployerRole {
    static let rules: [JSONTree] = [
        rule("", ["services", "endpoints"], ["get", "list"]),
        rule("", ["pods"], ["get", "list", "watch"]),
        rule("", ["pods/log"], ["get"]),
        rule(
            "", ["configmaps", "serviceaccounts"],
            ["get", "list", "create", "update", "patch", "delete"]),
        rule(
            "apps", ["deployments"],
            ["get", "list", "watch", "create", "update", "patch", "delete"]),
        rule("apps", ["replicasets"], ["get", "list"]),
        rule(
            "autoscaling", ["horizontalpodautoscalers"],
            ["get", "list", "create", "update", "patch", "delete"]),
        rule(
            "policy", ["poddisruptionbudgets"],
            ["get", "list", "create", "update", "patch", "delete"]),
        rule(
            "networking.istio.io", ["virtualservices", "destinationrules"],
            ["get", "list", "watch", "create", "update", "patch", "delete"]),
        rule(
            "coordination.k8s.io", ["leases"],
            ["get", "list", "create", "update", "patch", "delete"]),
    ]

    static func rule(_ group: String, _ resources: [String], _ verbs: [String]) -> JSONTree {
        [
            "apiGroups": [.string(group)], "resources": .array(resources.map(JSONTree.string)),
            "verbs": .array(verbs.map(JSONTree.string)),
        ]
    }

    /// Role and binding of one account in one namespace; the same rules hold cluster-wide for
    /// reading routes, since a route of another namespace may lead to the service.
    static func objects(rules: [JSONTree], for person: String, in namespace: String) -> [JSONTree] {
        let group = "rbac.authorization.k8s.io"
        return [
            [
                "apiVersion": .string("\(group)/v1"), "kind": "Role",
                "metadata": ["name": "deployer", "namespace": .string(namespace)],
                "rules": .array(rules),
            ],
            [
                "apiVersion": .string("\(group)/v1"), "kind": "RoleBinding",
                "metadata": ["name": "deployer", "namespace": .string(namespace)],
                "subjects": [
                    ["kind": "User", "name": .string(person), "apiGroup": .string(group)]
                ],
                "roleRef": ["apiGroup": .string(group), "kind": "Role", "name": "deployer"],
            ],
        ]
    }
}
