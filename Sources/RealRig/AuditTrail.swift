internal import JSONTree

/// What each account asked of the API server, as the server itself kept it.
actor AuditTrail {
    /// One answered request.
    struct Entry: Hashable, Sendable {
        let user: String
        let verb: String
        let group: String
        let resource: String
        let namespace: String
        let name: String
        let code: Int
        /// Of the version that a write made.
        let resourceVersion: String?
    }

    private let path: String
    private var offset = 0
    private var rest: [UInt8] = []
    private var entries: [String: [Entry]] = [:]

    init(path: String) { self.path = path }

    /// Only people who bring deliveries out are kept, and only of writes the whole answer.
    static let policy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules:
        - {level: RequestResponse, userGroups: [deployers], verbs: [create, update, patch, delete]}
        - {level: Metadata, userGroups: [deployers]}
        - {level: None}

        """

    /// Everything that a user asked, oldest first.
    func entries(of user: String) -> [Entry] {
        read()
        return entries[user] ?? []
    }

    private func read() {
        let bytes = RigFolder.read(path, from: offset)
        offset += bytes.count
        rest += bytes
        var lines = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard let last = lines.popLast() else { return }
        for line in lines {
            guard let tree = try? JSONReader.tree(of: Array(line)),
                let entry = Self.entry(tree)
            else { continue }
            entries[entry.user, default: []].append(entry)
        }
        rest = Array(last)
    }

    private static func entry(_ tree: JSONTree) -> Entry? {
        guard let user = tree.at("user", "username")?.text, let verb = tree["verb"]?.text,
            tree["stage"]?.text == "ResponseComplete"
        else { return nil }
        let target = tree["objectRef"]
        return Entry(
            user: user, verb: verb, group: target?["apiGroup"]?.text ?? "",
            resource: target?["resource"]?.text ?? tree["requestURI"]?.text ?? "",
            namespace: target?["namespace"]?.text ?? "",
            name: target?["name"]?.text
                ?? tree.at("responseObject", "metadata", "name")?.text ?? "",
            code: tree.at("responseStatus", "code")?.whole ?? 0,
            resourceVersion: tree.at("responseObject", "metadata", "resourceVersion")?.text)
    }
}
