internal import JSONTree
internal import KubernetesAPI
internal import Manifests

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
        /// Of the object that a delete took away, where the server says it.
        var uid: String?
    }

    private let path: String
    private var offset = 0
    private var rest: [UInt8] = []
    private var entries: [String: [Entry]] = [:]
    private var lines = 0
    /// The first lines that say nothing: who wrote what is then not known.
    private var unread: [String] = []

    init(path: String) { self.path = path }

    /// Only people who bring deliveries out are kept, and only of writes the whole answer; the
    /// journal's ConfigMaps say for themselves who wrote them.
    static let policy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules:
        - {level: Metadata, userGroups: [deployers], resources: [{resources: [configmaps]}]}
        - {level: RequestResponse, userGroups: [deployers], verbs: [create, update, patch, delete]}
        - {level: Metadata, userGroups: [deployers]}
        - {level: None}

        """

    /// Everything that a user asked, oldest first.
    func entries(of user: String) -> [Entry] {
        read()
        return entries[user] ?? []
    }

    /// How many lines were read, and how many more say nothing.
    func reading() -> LogReading {
        read()
        return LogReading(lines: lines, unread: unread)
    }

    private func read() {
        while true {
            let bytes = RigFolder.read(path, from: offset)
            guard !bytes.isEmpty else { return }
            offset += bytes.count
            take(bytes)
        }
    }

    /// The next bytes of the log; a line that has not ended yet waits for its end.
    func take(_ bytes: [UInt8]) {
        rest += bytes
        var found = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard let last = found.popLast() else { return }
        for line in found where !line.isEmpty {
            lines += 1
            switch Self.entry(line) {
            case .answered(let entry): entries[entry.user, default: []].append(entry)
            case .underWay: break
            case .unreadable: unread.append(String(decoding: line.prefix(300), as: UTF8.self))
            }
        }
        rest = Array(last)
    }

    private enum Line {
        case answered(Entry)
        /// A watch that has only begun: its end has a line of its own.
        case underWay
        case unreadable
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> Line {
        guard let tree = try? JSONReader.tree(of: Array(line)),
            let user = tree.at("user", "username")?.text, let verb = tree["verb"]?.text,
            let stage = tree["stage"]?.text
        else { return .unreadable }
        if stage == "ResponseStarted" { return .underWay }
        guard stage == "ResponseComplete", let code = tree.at("responseStatus", "code")?.whole
        else { return .unreadable }
        let target = tree["objectRef"]
        let entry = Entry(
            user: user, verb: verb, group: target?["apiGroup"]?.text ?? "",
            resource: target?["resource"]?.text ?? tree["requestURI"]?.text ?? "",
            namespace: target?["namespace"]?.text ?? "",
            name: target?["name"]?.text
                ?? tree.at("responseObject", "metadata", "name")?.text ?? "",
            code: code,
            resourceVersion: tree.at("responseObject", "metadata", "resourceVersion")?.text,
            uid: tree.at("responseObject", "details", "uid")?.text
                ?? tree.at("responseObject", "metadata", "uid")?.text)
        // A version that is not named would be taken for somebody else's.
        let isWhole = !entry.makesVersion || entry.resourceVersion != nil
        return isWhole ? .answered(entry) : .unreadable
    }
}

extension AuditTrail.Entry {
    var isDone: Bool { (200..<300).contains(code) }

    /// It stored a version of something that is audited.
    var makesVersion: Bool {
        isDone && ["create", "update", "patch"].contains(verb)
            && RigKinds.watched.contains { $0.plural == resource && $0 != .configMap }
    }

    /// It removed something that is audited.
    var removes: Bool {
        isDone && verb == "delete"
            && RigKinds.watched.contains { $0.plural == resource && $0 != .configMap }
    }
}

/// What became of a log's lines.
struct LogReading: Hashable, Sendable {
    var lines = 0
    /// Those that could not be read.
    var unread: [String] = []
}
