internal import JSONTree
internal import Manifests

/// What our account may do in one namespace, as the API server says it.
package struct OwnRights: Sendable {
    private let rules: [JSONTree]

    init(rules: [JSONTree]) { self.rules = rules }

    /// Whether some rule covers it; one with `resourceNames` covers only these.
    package func cover(_ right: AccessRight) -> Bool {
        rules.contains { rule in
            Self.has(rule["verbs"], right.verb) && Self.has(rule["apiGroups"], right.group)
                && Self.has(rule["resources"], right.resource)
                && Self.isOpen(rule["resourceNames"], to: right.name)
        }
    }

    private static func isOpen(_ names: JSONTree?, to name: String?) -> Bool {
        guard let names = names?.items, !names.isEmpty else { return true }
        return names.contains { $0.text != nil && $0.text == name }
    }

    private static func has(_ list: JSONTree?, _ word: String) -> Bool {
        (list?.items ?? []).contains { $0.text == word || $0.text == "*" }
    }
}

extension KubernetesClient {
    /// nil where the API server cannot say all of it: with some ways of authorizing it never can.
    package func ownRights(in namespace: String) async throws(KubernetesError) -> OwnRights? {
        let kind = ResourceKind(
            group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectRulesReview",
            plural: "selfsubjectrulesreviews")
        var call = APICall(method: "POST", kind: kind, namespace: nil)
        call.body = [
            "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
            "spec": ["namespace": .string(namespace)],
        ]
        let status: JSONTree?
        do {
            status = try await tree(call)["status"]
        } catch  where !error.isPassing {
            return nil
        }
        guard status?["incomplete"]?.flag != true, let rules = status?["resourceRules"]?.items
        else { return nil }
        return OwnRights(rules: rules)
    }
}
