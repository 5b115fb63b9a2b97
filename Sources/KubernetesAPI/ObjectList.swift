internal import JSONTree
package import Manifests

/// What a list call found, and the version of the whole at which it did.
package struct ObjectList: Sendable {
    package let items: [KubernetesObject]
    /// A watch that starts here misses nothing.
    package let resourceVersion: String

    /// How a server is told which labels are meant.
    static func query(_ selector: [(String, String)]) -> [(String, String)] {
        if selector.isEmpty { return [] }
        return [("labelSelector", selector.map { "\($0.0)=\($0.1)" }.joined(separator: ","))]
    }
}

extension KubernetesClient {
    /// All objects of a kind whose labels equal `selector`; in all namespaces where that is nil.
    ///
    /// Asks in pages; one that expires in between means starting over, and where objects are small
    /// in one piece.
    package func list(
        _ kind: ResourceKind, namespace: String?, selector: [(String, String)] = [],
        pageOf size: Int = 500
    ) async throws(KubernetesError) -> ObjectList {
        do {
            return try await pages(kind, namespace, selector, limit: size)
        } catch  where error.code == .gone {
            return try await pages(kind, namespace, selector, limit: size < 500 ? size : nil)
        }
    }

    private func pages(
        _ kind: ResourceKind, _ namespace: String?, _ selector: [(String, String)], limit: Int?
    ) async throws(KubernetesError) -> ObjectList {
        var query = ObjectList.query(selector)
        if let limit { query.append(("limit", "\(limit)")) }
        var call = APICall(method: "GET", kind: kind, namespace: namespace, query: query)
        var items: [KubernetesObject] = []
        while true {
            let page = try await tree(call)
            guard let found = page["items"]?.items ?? (page["items"] == .null ? [] : nil) else {
                throw KubernetesError(.undecodable, place: call.place, detail: "no items")
            }
            items += found.map { itsKind($0, kind) }
            guard let next = page.at("metadata", "continue")?.text, !next.isEmpty else {
                return ObjectList(
                    items: items,
                    resourceVersion: page.at("metadata", "resourceVersion")?.text ?? "")
            }
            call.query = query + [("continue", next)]
        }
    }

    /// The items of a list say no kind of their own; whoever stores one alone wants it there.
    private func itsKind(_ item: JSONTree, _ kind: ResourceKind) -> KubernetesObject {
        guard item["kind"] == nil, case .object(let members) = item else {
            return KubernetesObject(item)
        }
        let named: [(String, JSONTree)] = [
            ("apiVersion", .string(kind.apiVersion)), ("kind", .string(kind.kind)),
        ]
        return KubernetesObject(.object(JSONObject(named, before: members)))
    }
}
