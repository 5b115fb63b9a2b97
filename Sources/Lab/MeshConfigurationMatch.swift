internal import JSONTree

/// What a proxy sees of a request before it chooses a route.
struct RequestFeatures: Hashable, Sendable {
    struct Field: Hashable, Sendable {
        /// Headers' names in small letters.
        let name: String
        let value: String
    }

    var method = "GET"
    /// Without the query.
    var path = "/"
    var authority: String
    var headers: [Field] = []
    var query: [Field] = []
    var port: Int?
    /// Where the caller lives, and its labels.
    var sourceNamespace = ""
    var sourceLabels: [Field] = []

    init(authority: String) { self.authority = authority }
}

/// How a route compares one string.
enum StringMatch: Hashable, Sendable {
    case exact(String)
    case prefix(String)
    case regex(MeshPattern)
    case present
    /// It says something that no proxy accepts: nothing matches.
    case never

    init(_ tree: JSONTree) {
        if let text = tree["exact"]?.text {
            self = .exact(text)
        } else if let text = tree["prefix"]?.text {
            self = .prefix(text)
        } else if let text = tree["regex"]?.text {
            guard let pattern = try? MeshPattern(text) else {
                self = .never
                return
            }
            self = .regex(pattern)
        } else {
            self = tree.members?.isEmpty == true ? .present : .never
        }
    }

    func matches(_ text: String, ignoringCase: Bool = false) -> Bool {
        switch self {
        case .exact(let wanted):
            ignoringCase ? wanted.lowercased() == text.lowercased() : wanted == text
        case .prefix(let wanted):
            ignoringCase
                ? text.lowercased().hasPrefix(wanted.lowercased()) : text.hasPrefix(wanted)
        case .regex(let pattern): pattern.matchesWhole(text)
        case .present: true
        case .never: false
        }
    }
}

/// One block of a route's `match`: everything in it must hold.
struct RequestMatch: Hashable, Sendable {
    private struct Condition: Hashable, Sendable {
        let name: String
        let match: StringMatch
    }

    private var uri: StringMatch?
    private var ignoresCase = false
    private var method: StringMatch?
    private var authority: StringMatch?
    private var headers: [Condition] = []
    private var withoutHeaders: [Condition] = []
    private var query: [Condition] = []
    private var gateways: [String] = []
    private var sourceNamespace: String?
    private var sourceLabels: [Condition] = []
    private var port: Int?
    /// A condition that this mesh does not know: the block never holds.
    private var isForeign = false

    init(_ tree: JSONTree, namespace: String) {
        for member in tree.members ?? [:] {
            let value = member.value
            switch member.key {
            case "name", "statPrefix": break
            case "uri": uri = StringMatch(value)
            case "ignoreUriCase": ignoresCase = value.flag ?? false
            case "method": method = StringMatch(value)
            case "authority": authority = StringMatch(value)
            case "headers": headers = Self.conditions(value, lowercase: true)
            case "withoutHeaders": withoutHeaders = Self.conditions(value, lowercase: true)
            case "queryParams": query = Self.conditions(value, lowercase: false)
            case "gateways":
                gateways = (value.items ?? []).compactMap(\.text)
                    .map { MeshNames.gateway($0, from: namespace) }
            case "sourceNamespace": sourceNamespace = value.text
            case "sourceLabels":
                sourceLabels = (value.members ?? [:]).map {
                    Condition(name: $0.key, match: $0.value.text.map(StringMatch.exact) ?? .never)
                }
            case "port": port = value.whole
            case "scheme": isForeign = !StringMatch(value).matches("http")
            default: isForeign = true
            }
        }
    }

    private static func conditions(_ tree: JSONTree, lowercase: Bool) -> [Condition] {
        (tree.members ?? [:]).map {
            Condition(
                name: lowercase ? $0.key.lowercased() : $0.key, match: StringMatch($0.value))
        }
    }

    /// It looks at more than the address: such requests are told apart on purpose.
    var isSelective: Bool {
        !headers.isEmpty || !withoutHeaders.isEmpty || !query.isEmpty || !sourceLabels.isEmpty
            || sourceNamespace != nil
    }

    /// `gateway`: the gateway that asks, or `mesh`; nil stands for any gateway.
    func matches(_ request: RequestFeatures, gateway: String?) -> Bool {
        if isForeign { return false }
        if !gateways.isEmpty, !MeshNames.isBound(gateways, to: gateway) { return false }
        if let uri, !uri.matches(request.path, ignoringCase: ignoresCase) { return false }
        if let method, !method.matches(request.method) { return false }
        if let authority, !authority.matches(request.authority) { return false }
        if let port, let actual = request.port, port != actual { return false }
        if let sourceNamespace, sourceNamespace != request.sourceNamespace { return false }
        return headers.allSatisfy { Self.holds($0, in: request.headers) }
            && !withoutHeaders.contains { Self.holds($0, in: request.headers) }
            && query.allSatisfy { Self.holds($0, in: request.query) }
            && sourceLabels.allSatisfy { Self.holds($0, in: request.sourceLabels) }
    }

    /// Lines of one name count as one, joined by commas, as proxies see them.
    private static func holds(_ condition: Condition, in fields: [RequestFeatures.Field]) -> Bool {
        let values = fields.filter { $0.name == condition.name }.map(\.value)
        if values.isEmpty { return false }
        return condition.match.matches(
            values.count == 1 ? values[0] : values.joined(separator: ","))
    }
}

/// How the names of hosts and gateways are read, seen from an object's namespace.
enum MeshNames {
    static let mesh = "mesh"

    /// `reviews` -> `reviews.ns.svc.cluster.local`; names with dots stay, except Kubernetes' own.
    static func host(_ text: String, from namespace: String) -> String {
        if text.hasSuffix(".svc") { return text + ".cluster.local" }
        return text.contains(".") || text == "*" ? text : fullHost(text, namespace)
    }

    static func fullHost(_ name: String, _ namespace: String) -> String {
        "\(name).\(namespace).svc.cluster.local"
    }

    /// `demo` -> `ns/demo`; `mesh` stays.
    static func gateway(_ text: String, from namespace: String) -> String {
        text == mesh || text.contains("/") ? text : "\(namespace)/\(text)"
    }

    /// Whether a list of gateways holds the one that asks; nil stands for any but the mesh.
    static func isBound(_ gateways: [String], to gateway: String?) -> Bool {
        guard let gateway else { return gateways.contains { $0 != mesh } }
        return gateways.contains(gateway)
    }

    /// How well a host of a VirtualService fits: more is better, nil not at all.
    static func fit(_ pattern: String, _ host: String) -> Int? {
        if pattern == host { return Int.max }
        guard pattern.hasPrefix("*") else { return nil }
        let tail = pattern.dropFirst()
        return host.hasSuffix(tail) ? tail.utf8.count : nil
    }
}
