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

    /// `target`: path and query; nil where it names no kind: discovery, and whatever else a server
    /// answers.
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

    /// Path and query below a server's address, which may have a path of its own; nil elsewhere.
    static func target(of url: String, below server: String) -> String? {
        guard url.hasPrefix(server) else { return nil }
        let rest = url.dropFirst(server.count)
        return rest.first == "/" ? String(rest) : nil
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
