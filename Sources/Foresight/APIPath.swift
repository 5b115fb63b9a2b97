/// The path of an object or a collection in a Kubernetes API, taken apart.
struct APIPath: Hashable, Sendable {
    let group: String
    let version: String
    /// nil for what lives in none, and for a list over all.
    let namespace: String?
    let plural: String
    /// nil for the collection.
    let name: String?
    let subresource: String?

    /// nil where it names no kind: discovery, and whatever else a server answers.
    init?(url: String) { self.init(Self.target(of: url)) }

    /// `target`: path and query.
    init?(_ target: String) {
        var parts = Self.path(of: target).split(separator: "/").map(String.init)[...]
        switch parts.popFirst() {
        case "api":
            guard let version = parts.popFirst() else { return nil }
            (group, self.version) = ("", version)
        case "apis":
            guard let group = parts.popFirst(), let version = parts.popFirst() else { return nil }
            (self.group, self.version) = (group, version)
        default: return nil
        }
        if parts.first == "namespaces", parts.count > 2 {
            namespace = parts.dropFirst().first
            parts = parts.dropFirst(2)
        } else {
            namespace = nil
        }
        guard let plural = parts.popFirst() else { return nil }
        self.plural = plural
        name = parts.popFirst()
        subresource = parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    /// The path from `/api` or `/apis` on, with its query: a server may stand below a path of its own.
    static func target(of url: String) -> String {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.drop { $0 != "/" && $0 != "?" }
        for root in ["/apis/", "/api/"] {
            if let range = rest.firstRange(of: root) { return String(rest[range.lowerBound...]) }
        }
        return String(rest)
    }

    static func path(of target: String) -> String { String(target.prefix { $0 != "?" }) }

    static func query(of target: String) -> String {
        String(target.drop { $0 != "?" }.dropFirst())
    }

    /// Where the same object is found; of what lives in a namespace, in which a list sees it.
    var collections: [String] {
        let root = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        let whole = "\(root)/\(plural)"
        guard let namespace else { return [whole] }
        return ["\(root)/namespaces/\(namespace)/\(plural)", whole]
    }
}
