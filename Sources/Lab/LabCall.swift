internal import HTTPMessages
internal import Manifests

/// What a path of the API means: a kind in one of its versions, and which part of it.
///
/// An object, since every request for the path shares it.
final class LabPlace: Sendable {
    let kind: Int
    /// The version in the path, in which the caller wants to see the object.
    let version: String
    let apiVersion: String
    /// Empty: all namespaces, or a kind that has none.
    let namespace: String
    let name: String?
    let subresource: String?

    /// nil: no path of a kind that is served.
    init?(_ path: [String]) {
        var rest = path[...]
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
        guard let apiVersion = LabCatalog.apiVersions[kind][version],
            resource.isNamespaced || namespace.isEmpty
        else { return nil }
        self.kind = kind
        self.version = version
        self.apiVersion = apiVersion
        self.namespace = namespace
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
    }

    /// One object, in the version in which it is stored; nil: the Lab keeps no such kind.
    init?(_ reference: ObjectReference) {
        let sought = reference.kind
        guard let kind = LabCatalog.index(group: sought.group, plural: sought.plural) else {
            return nil
        }
        self.kind = kind
        version = LabCatalog.all[kind].versions[0]
        apiVersion = LabCatalog.all[kind].storedAPIVersion
        namespace = reference.namespace
        name = reference.name
        subresource = nil
    }
}

/// What one request asks of the API server: a verb's place, and who asks.
struct LabCall: Sendable {
    private let place: LabPlace
    let address: LabAddress
    /// `fieldManager`, or who else says outright that he writes.
    private let named: String?
    private let agent: String?

    var kind: Int { place.kind }
    var version: String { place.version }
    var apiVersion: String { place.apiVersion }
    var namespace: String { place.namespace }
    var name: String? { place.name }
    var subresource: String? { place.subresource }
    var resource: LabResource { LabCatalog.all[kind] }
    var isWatch: Bool {
        name == nil && ["true", "1"].contains(address.value("watch") ?? "")
    }
    var isDryRun: Bool { address.value("dryRun") != nil }

    /// Who writes: `fieldManager`, else the first word of the user agent.
    var manager: String {
        if let named { return named }
        guard let agent else { return "unknown" }
        return String(decoding: agent.utf8.prefix { $0 != 0x2F && $0 != 0x20 }, as: UTF8.self)
    }

    func key(_ name: String) -> LabCluster.Key {
        LabCluster.Key(namespace: namespace, name: name)
    }

    /// nil: no path of a kind that is served.
    init?(_ request: HTTPRequest, _ address: LabAddress) {
        guard let place = address.place else { return nil }
        self.place = place
        self.address = address
        named = address.value("fieldManager")
        agent = request.headers["User-Agent"]
    }

    /// A call that somebody inside the Lab makes.
    init?(_ reference: ObjectReference, by manager: String) {
        guard let place = LabPlace(reference) else { return nil }
        self.place = place
        address = .nowhere
        named = manager
        agent = nil
    }
}
