internal import HTTPMessages
internal import JSONTree

/// What one request asks of the API server: a verb's place, taken from the path.
struct LabCall: Sendable {
    let kind: Int
    /// The version in the path, in which the caller wants to see the object.
    let version: String
    /// Empty: all namespaces, or a kind that has none.
    let namespace: String
    let name: String?
    let subresource: String?
    let address: LabAddress
    /// Who writes: `fieldManager`, else the first word of the user agent.
    let manager: String

    var resource: LabResource { LabCatalog.all[kind] }
    var apiVersion: String { LabCatalog.apiVersions[kind][version] ?? version }
    var isWatch: Bool {
        name == nil && ["true", "1"].contains(address.value("watch") ?? "")
    }
    var isDryRun: Bool { address.value("dryRun") != nil }

    func key(_ name: String) -> LabCluster.Key {
        LabCluster.Key(namespace: namespace, name: name)
    }

    /// nil: no path of a kind that is served.
    init?(_ request: HTTPRequest, _ address: LabAddress) {
        var rest = address.path[...]
        let group: String
        switch rest.popFirst() {
        case "api": group = ""
        case "apis":
            guard let named = rest.popFirst() else { return nil }
            group = named
        default: return nil
        }
        guard let version = rest.popFirst(), let first = rest.popFirst() else { return nil }
        var plural = first
        var namespace = ""
        if first == "namespaces", rest.count >= 2, rest.dropFirst().first != "status" {
            namespace = rest.popFirst() ?? ""
            plural = rest.popFirst() ?? ""
        }
        guard let kind = LabCatalog.index(group: group, plural: plural) else { return nil }
        let resource = LabCatalog.all[kind]
        guard resource.versions.contains(version), resource.isNamespaced || namespace.isEmpty
        else { return nil }
        self.kind = kind
        self.version = version
        self.namespace = namespace
        self.address = address
        name = rest.popFirst()
        subresource = rest.popFirst()
        guard rest.isEmpty, name == nil || !resource.isNamespaced || !namespace.isEmpty else {
            return nil
        }
        switch subresource {
        case nil: break
        case "status": guard resource.hasStatus else { return nil }
        case "log": guard resource.plural == "pods" else { return nil }
        case "scale": guard resource.hasScale else { return nil }
        default: return nil
        }
        manager = address.value("fieldManager") ?? Self.agent(request)
    }

    private static func agent(_ request: HTTPRequest) -> String {
        guard let agent = request.headers["User-Agent"] else { return "unknown" }
        return String(decoding: agent.utf8.prefix { $0 != 0x2F && $0 != 0x20 }, as: UTF8.self)
    }
}
