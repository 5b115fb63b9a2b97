internal import Digests
internal import JSONTree
internal import Manifests

/// What the journal's ConfigMaps are called, and by which labels they are found.
enum JournalNames {
    /// What a ConfigMap of the journal holds.
    enum Part: String {
        case run, segment, wish, blob
    }

    static let part = "theseus.dev/journal"
    static let run = "theseus.dev/journal-run"

    /// A run's id as names and labels may have it: what is readable of it, and 16 digits of its
    /// hash, since two ids may read alike.
    static func key(of run: String) -> String {
        var slug = ""
        for byte in run.utf8.prefix(40) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                slug.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                slug.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
            default: if !slug.isEmpty, !slug.hasSuffix("-") { slug += "-" }
            }
        }
        if slug.hasSuffix("-") { slug.removeLast() }
        let hash = SHA256.hex(of: run).prefix(16)
        return slug.isEmpty ? String(hash) : "\(slug)-\(hash)"
    }

    static func card(_ key: String) -> String { "theseus-run-\(key)" }
    static func segment(_ key: String, _ number: Int) -> String {
        "theseus-log-\(key)-\(padded(number))"
    }
    static func wish(_ key: String, _ number: Int) -> String {
        "theseus-wish-\(key)-\(padded(number))"
    }
    /// The first piece has the blob's own name; most blobs have no other.
    static func blob(_ digest: String, piece: Int) -> String {
        piece == 1 ? "\(blobs)\(digest)" : "\(blobs)\(digest)-\(padded(piece))"
    }

    private static let blobs = "theseus-blob-"

    /// The digest in the name of a blob's piece.
    static func digest(in name: String) -> String {
        String(name.dropFirst(blobs.count).prefix(64))
    }

    /// Six digits, so that names and keys stand in the order of their numbers.
    static func padded(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// An empty ConfigMap of ours; `key` nil for what belongs to no single run.
    static func object(
        _ name: String, in namespace: String, _ part: Part, key: String? = nil
    ) -> KubernetesObject {
        var labels: JSONTree = [
            "app.kubernetes.io/managed-by": "theseus", Self.part: .string(part.rawValue),
        ]
        if let key { labels[run] = .string(key) }
        return KubernetesObject([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string(name), "namespace": .string(namespace), "labels": labels,
            ],
        ])
    }

    static func selector(_ part: Part, key: String? = nil) -> [(String, String)] {
        [(Self.part, part.rawValue)] + (key.map { [(run, $0)] } ?? [])
    }
}

extension KubernetesObject {
    /// What stands under `key` of the ConfigMap's bytes; nil where there is nothing readable.
    func bytes(_ key: String) -> [UInt8]? {
        tree.at("binaryData", key)?.text.flatMap(Base64.bytes)
    }

    mutating func setBytes(_ key: String, _ bytes: [UInt8]) {
        tree.set(.string(Base64.text(of: bytes)), at: "binaryData", key)
    }

    func text(_ key: String) -> String? { tree.at("data", key)?.text }

    /// Whether the API server lets nobody change the content any more.
    var isClosed: Bool { tree["immutable"] == true }

    mutating func close() { tree["immutable"] = true }

    /// On the card of a run that is being removed; the API server lets an immutable object's
    /// annotations change.
    static let removedAnnotation = "theseus.dev/removed"

    /// Whether it is the card of a run that is being removed.
    var isRemoved: Bool { annotation(Self.removedAnnotation) != nil }
}

/// Something in the journal that is not what was written.
struct Damage: Error {
    let what: String

    init(_ what: String) { self.what = what }
}
