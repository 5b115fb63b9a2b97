internal import HTTPMessages
internal import JSONTree
package import Manifests

/// One call to the API server, before it is sent.
struct APICall: Sendable {
    var method: String
    var kind: ResourceKind
    /// Empty or nil for what lives in no namespace, and for a list over all of them.
    var namespace: String?
    /// nil for the collection.
    var name: String?
    /// A part of the object that has a path of its own, such as a pod's `log`.
    var subresource: String?
    var query: [(String, String)] = []
    var body: JSONTree?
    var contentType = "application/json"
    var accept = "application/json"
    var timeout: Duration = .seconds(30)
    var streams = false
    /// Never over a connection that was used before.
    var freshConnection = false
    /// What people read instead of the method.
    var verb: String?
    /// The name of an object that the path does not name yet.
    var shown: String?
    /// A path of discovery, which speaks of no kind.
    var discovery: String?

    /// What people read of it: `PUT VirtualService demo/demo-app`.
    var place: String {
        if let discovery { return "GET \(discovery)" }
        let space = namespace ?? ""
        let verb = (verb ?? method) + (subresource.map { " \($0) of" } ?? "")
        return switch (space.isEmpty, name ?? shown) {
        case (true, nil): "\(verb) \(kind.plural)"
        case (false, nil): "\(verb) \(kind.plural) in \(space)"
        case (true, let name?): "\(verb) \(kind.kind) \(name)"
        case (false, let name?): "\(verb) \(kind.kind) \(space)/\(name)"
        }
    }

    /// The right that the server asks of us for this; nil for discovery, which everybody may.
    var right: AccessRight? {
        guard discovery == nil else { return nil }
        let verb =
            switch method {
            case "GET": name != nil ? "get" : streams ? "watch" : "list"
            case "POST": "create"
            case "PUT": "update"
            case "PATCH": "patch"
            default: "delete"
            }
        return AccessRight(
            verb: verb, group: kind.group, resource: kind.plural, namespace: namespace ?? "")
    }

    /// Path and query.
    var target: String {
        if let discovery { return discovery }
        // As bytes: every call of every delivery in the Lab passes here.
        var target: [UInt8] = []
        target.reserveCapacity(160)
        func go(_ part: String) {
            target.append(UInt8(ascii: "/"))
            target += part.utf8
        }
        go(kind.group.isEmpty ? "api" : "apis")
        if !kind.group.isEmpty { go(kind.group) }
        go(kind.version)
        if let namespace, !namespace.isEmpty {
            go("namespaces")
            go(URLText.encoded(namespace))
        }
        go(kind.plural)
        if let name { go(URLText.encoded(name)) }
        if let subresource { go(subresource) }
        for (place, field) in query.enumerated() {
            target.append(UInt8(ascii: place == 0 ? "?" : "&"))
            target += URLText.encoded(field.0).utf8
            target.append(UInt8(ascii: "="))
            target += URLText.encoded(field.1).utf8
        }
        return String(decoding: target, as: UTF8.self)
    }

    init(
        method: String, kind: ResourceKind, namespace: String?, name: String? = nil,
        query: [(String, String)] = []
    ) {
        self.method = method
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.query = query
    }

    /// Asks what the server serves.
    init(discovering path: String) {
        let nothing = ResourceKind(group: "", version: "", kind: "", plural: "")
        self.init(method: "GET", kind: nothing, namespace: nil)
        discovery = path
    }

    init(_ method: String, _ reference: ObjectReference) {
        self.init(
            method: method, kind: reference.kind, namespace: reference.namespace,
            name: reference.name)
    }

    func request(to server: String, token: String?) -> HTTPRequest {
        var lines = [
            HTTPHeaders.Line(name: "Accept", value: accept),
            HTTPHeaders.Line(name: "User-Agent", value: "theseus"),
        ]
        if let token { lines.append(.init(name: "Authorization", value: "Bearer \(token)")) }
        if body != nil { lines.append(.init(name: "Content-Type", value: contentType)) }
        return HTTPRequest(
            method, server + target, headers: HTTPHeaders(lines),
            body: body.map(HTTPBody.tree) ?? .empty,
            timeout: timeout, streams: streams, freshConnection: freshConnection)
    }
}

extension ResourceKind {
    /// Path and query of one object, or with nil of the collection, as the API has it.
    package func path(namespace: String?, name: String? = nil) -> String {
        APICall(method: "GET", kind: self, namespace: namespace, name: name).target
    }
}
