internal import HTTPMessages
package import JSONTree

/// One thing that the lab's user may not do, as a missing RBAC rule has it.
package struct LabDenial: Hashable, Sendable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, or `*`.
    package var verb: String
    /// `VirtualService`, `virtualservices`, `deployments/scale`, or `*`; without a subresource,
    /// subresources are not meant.
    package var kind: String
    /// nil: in all.
    package var namespace: String?

    package static let verbs = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
    ]

    package init(verb: String, kind: String, namespace: String? = nil) {
        self.verb = verb
        self.kind = kind
        self.namespace = namespace
    }

    /// Reads `{verb, kind, namespace}`; nil: no such verb or kind.
    package init?(_ tree: JSONTree) {
        let verb = tree["verb"]?.text ?? "*"
        let kind = tree["kind"]?.text ?? "*"
        let names = kind.split(separator: "/", omittingEmptySubsequences: false)
        let isKnown =
            kind == "*"
            || LabCatalog.all.contains { Self.isNamed($0, names.first.map(String.init) ?? "") }
        guard verb == "*" || Self.verbs.contains(verb), isKnown, names.count <= 2 else {
            return nil
        }
        self.init(verb: verb, kind: kind, namespace: tree["namespace"]?.text)
    }

    private static func isNamed(_ resource: LabResource, _ name: String) -> Bool {
        [resource.kind, resource.plural, resource.singular, resource.qualified].contains(name)
    }

    func covers(_ verb: String, _ resource: LabResource, _ subresource: String?, _ home: String)
        -> Bool
    {
        guard self.verb == "*" || self.verb == verb, namespace == nil || namespace == home else {
            return false
        }
        if kind == "*" { return true }
        let names = kind.split(separator: "/").map(String.init)
        return Self.isNamed(resource, names.first ?? "")
            && subresource == (names.count > 1 ? names[1] : nil)
    }
}

extension LabCluster {
    /// Refuses a call that somebody forbade.
    func checkRights(_ call: LabCall, _ method: String) throws(LabRefusal) {
        if denials.isEmpty { return }
        let verb = call.verb(method)
        let isDenied = denials.contains {
            $0.covers(verb, call.resource, call.subresource, call.namespace)
        }
        if isDenied { throw .forbidden(verb, call) }
    }

    /// Answers who asks what he may do; nil: nobody asks that.
    func review(_ request: HTTPRequest, _ address: LabAddress) throws(LabRefusal)
        -> HTTPResponse?
    {
        if request.method == "POST",
            address.path == ["apis", "authorization.k8s.io", "v1", "selfsubjectrulesreviews"]
        {
            let home = try body(of: request).at("spec", "namespace")?.text ?? "default"
            return .json(rulesReview(in: home), status: 201)
        }
        guard request.method == "POST",
            address.path == ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"]
        else { return nil }
        let asked = try body(of: request)
        let about = asked.at("spec", "resourceAttributes")
        let index = LabCatalog.index(
            group: about?["group"]?.text ?? "", plural: about?["resource"]?.text ?? "")
        let isDenied = denials.contains { denial in
            guard let index else { return denial.kind == "*" && denial.verb == "*" }
            return denial.covers(
                about?["verb"]?.text ?? "", LabCatalog.all[index], about?["subresource"]?.text,
                about?["namespace"]?.text ?? "")
        }
        var status: JSONTree = ["allowed": .bool(!isDenied)]
        if isDenied { status["reason"] = "the lab says so" }
        return .json(
            [
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "metadata": [:], "spec": asked["spec"] ?? [:], "status": status,
            ], status: 201)
    }
}

extension LabCluster {
    /// Everybody may do everything here; what is denied on top no list of rules can say.
    private func rulesReview(in home: String) -> JSONTree {
        let any: JSONTree = ["*"]
        let whole: JSONTree = [["verbs": any, "apiGroups": any, "resources": any]]
        return [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
            "metadata": [:], "spec": [:],
            "status": [
                "incomplete": .bool(!denials.isEmpty && !listsRights), "nonResourceRules": [],
                "resourceRules": listsRights ? .array(rules(in: home)) : whole,
            ],
        ]
    }

    /// One rule for each kind, with the verbs that nobody denied.
    private func rules(in home: String) -> [JSONTree] {
        LabCatalog.all.compactMap { resource in
            let verbs = LabDenial.verbs.filter { verb in
                !denials.contains { $0.covers(verb, resource, nil, home) }
            }
            guard !verbs.isEmpty else { return nil }
            return [
                "verbs": .array(verbs.map(JSONTree.string)),
                "apiGroups": [.string(resource.group)], "resources": [.string(resource.plural)],
            ]
        }
    }
}

extension LabCall {
    /// What RBAC calls the call.
    func verb(_ method: String) -> String {
        switch (method, name) {
        case ("GET", nil): isWatch ? "watch" : "list"
        case ("GET", _): "get"
        case ("POST", _): "create"
        case ("PUT", _): "update"
        case ("DELETE", nil): "deletecollection"
        default: method.lowercased()
        }
    }
}

extension LabRefusal {
    static func forbidden(_ verb: String, _ call: LabCall) -> LabRefusal {
        let resource = call.resource
        let name = call.name ?? ""
        let plural = resource.plural + (call.subresource.map { "/\($0)" } ?? "")
        let place =
            call.namespace.isEmpty
            ? "at the cluster scope" : "in the namespace \"\(call.namespace)\""
        let about = resource.qualified + (name.isEmpty ? "" : " \"\(name)\"")
        var details: JSONTree = [:]
        if !name.isEmpty { details["name"] = .string(name) }
        if !resource.group.isEmpty { details["group"] = .string(resource.group) }
        details["kind"] = .string(resource.plural)
        return LabRefusal(
            status: 403, reason: "Forbidden",
            message: "\(about) is forbidden: User \"lab\" cannot \(verb) resource \"\(plural)\" in"
                + " API group \"\(resource.group)\" \(place)",
            details: details)
    }
}
