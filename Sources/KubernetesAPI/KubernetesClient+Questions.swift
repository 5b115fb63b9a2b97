package import JSONTree
internal import Manifests

/// What is asked by people who plan, and by nobody who carries out.
extension KubernetesClient {
    /// What stands at a path that somebody else asked for; nil where nothing is there.
    package func look(at path: String) async throws(KubernetesError) -> JSONTree? {
        do {
            return try await tree(APICall(discovering: path))
        } catch  where error.code == .notFound {
            return nil
        }
    }

    /// Whether our account has one right; nil where the API server will not say.
    package func has(_ right: AccessRight) async throws(KubernetesError) -> Bool? {
        let kind = ResourceKind(
            group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectAccessReview",
            plural: "selfsubjectaccessreviews")
        var about: JSONTree = [
            "verb": .string(right.verb), "group": .string(right.group),
            "resource": .string(right.resource), "namespace": .string(right.namespace),
        ]
        about["name"] = right.name.map(JSONTree.string)
        var call = APICall(method: "POST", kind: kind, namespace: nil)
        call.body = [
            "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
            "spec": ["resourceAttributes": about],
        ]
        do {
            return try await tree(call).at("status", "allowed")?.flag
        } catch  where !error.isPassing {
            return nil
        }
    }
}
