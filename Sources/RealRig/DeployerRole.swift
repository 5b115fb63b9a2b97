internal import JSONTree

/// The least that the binary must be allowed, as examples/rbac/deployer.yaml has it.
enum DeployerRole {
    /// With what that file says to add for this journal and for these routes.
    static func rules(_ journal: JournalPlace, _ wiring: StageObjects.Wiring) -> [JSONTree] {
        var all = rules + [rule("", ["pods"], ["watch"])]
        if journal == .cluster { all += [remembering, rule("", ["configmaps"], ["delete"])] }
        if wiring == .bare {
            all.append(
                rule("networking.istio.io", ["virtualservices"], ["delete"]))
        }
        if wiring == .hosts { all.append(rule("", ["services"], ["create", "update", "delete"])) }
        return all
    }

    /// For the journal in the cluster.
    private static let remembering = rule(
        "", ["configmaps"], ["get", "list", "create", "update"])

    /// In a namespace in which only routes stand.
    static let routesOnly = [
        rule("networking.istio.io", ["virtualservices"], ["get", "list", "create", "update"]),
        rule("networking.istio.io", ["destinationrules"], ["list"]),
    ]

    /// For tests that are Jobs.
    static let ofJobs = [
        rule("batch", ["jobs"], ["get", "list", "create", "delete"]),
        rule("", ["pods/log"], ["get"]),
    ]

    static let rules: [JSONTree] = [
        rule("", ["services"], ["get", "list"]),
        rule("", ["pods"], ["list"]),
        rule("apps", ["deployments"], life + ["list"]),
        rule("policy", ["poddisruptionbudgets"], ["list"]),
        rule("autoscaling", ["horizontalpodautoscalers"], life + ["list"]),
        rule("coordination.k8s.io", ["leases"], life),
        rule("networking.istio.io", ["virtualservices"], ["get", "list", "create", "update"]),
        rule("networking.istio.io", ["destinationrules"], life + ["list"]),
    ]

    private static let life = ["get", "create", "update", "delete"]

    /// The same rules without one verb of one of them: all that there are.
    static var lackingOne: [(verb: String, resource: String, rules: [JSONTree])] {
        let whole = rules + [remembering]
        return whole.indices.flatMap { index in
            let verbs = (whole[index]["verbs"]?.items ?? []).compactMap(\.text)
            return verbs.map { verb in
                var fewer = whole
                fewer[index]["verbs"] = .array(
                    verbs.filter { $0 != verb }.map(JSONTree.string))
                let resource = whole[index]["resources"]?.items?.first?.text ?? ""
                return (verb, resource, fewer)
            }
        }
    }

    static func group(of resource: String) -> String {
        let rule = rules.first { $0["resources"]?.items?.first?.text == resource }
        return rule?["apiGroups"]?.items?.first?.text ?? ""
    }

    static func rule(_ group: String, _ resources: [String], _ verbs: [String]) -> JSONTree {
        [
            "apiGroups": [.string(group)], "resources": .array(resources.map(JSONTree.string)),
            "verbs": .array(verbs.map(JSONTree.string)),
        ]
    }

    /// Role and binding of one account in one namespace.
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
