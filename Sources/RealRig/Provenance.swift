internal import Auditor
internal import Manifests

/// Who made each version: what the API server itself kept of our calls.
///
/// `managedFields` has whole seconds only, and names nobody for a removal.
struct Provenance: Sendable {
    private var versions: Set<String> = []
    private var removed: Set<String> = []

    init(_ entries: [AuditTrail.Entry]) {
        for entry in entries where entry.isDone {
            if entry.verb == "delete" {
                removed.insert(entry.removal)
            } else if entry.verb != "get", entry.verb != "list", entry.verb != "watch",
                let version = entry.resourceVersion
            {
                versions.insert("\(entry.resource)/\(version)")
            }
        }
    }

    /// Writes that the server's log names and no watch has told of.
    static func untold(_ entries: [AuditTrail.Entry], by history: [StoredObject])
        -> [AuditTrail.Entry]
    {
        var versions: Set<String> = []
        var removed: Set<String> = []
        for (stored, uid) in lives(history) {
            versions.insert("\(stored.reference.kind.plural)/\(stored.revision)")
            if stored.object == nil { removed.formUnion(removals(stored, uid)) }
        }
        return entries.filter { entry in
            if entry.removes { return !removed.contains(entry.removal) }
            guard entry.makesVersion, let version = entry.resourceVersion else { return false }
            return !versions.contains("\(entry.resource)/\(version)")
        }
    }

    /// What happened from a date on, and before it how everything stood then.
    static func since(_ date: Int, _ history: [StoredObject]) -> [StoredObject] {
        var standing: [ObjectReference: StoredObject] = [:]
        for stored in history where stored.date < date {
            standing[stored.reference] = stored.object == nil ? nil : stored
        }
        let before = standing.values.map {
            StoredObject(
                revision: $0.revision, date: $0.date, reference: $0.reference, object: $0.object,
                manager: "before")
        }
        return before.sorted { $0.revision < $1.revision } + history.filter { $0.date >= date }
    }

    /// The same versions, each with its maker: `theseus` where it was the binary.
    func told(_ history: [StoredObject]) -> [StoredObject] {
        Self.lives(history).map { stored, uid in
            let isOurs =
                stored.object == nil
                ? !removed.isDisjoint(with: Self.removals(stored, uid))
                : versions.contains("\(stored.reference.kind.plural)/\(stored.revision)")
            return StoredObject(
                revision: stored.revision, date: stored.date, reference: stored.reference,
                object: stored.object,
                manager: isOurs ? "theseus" : stored.manager == "theseus" ? "other" : stored.manager
            )
        }
    }

    /// Each version with the uid of its object; of a removal, that of what was there.
    ///
    /// One name may be taken away twice: by somebody, and by us once it stands again.
    private static func lives(_ history: [StoredObject]) -> [(StoredObject, uid: String)] {
        var uids: [ObjectReference: String] = [:]
        return history.map { stored in
            if let object = stored.object { uids[stored.reference] = object.uid }
            return (stored, uids[stored.reference] ?? "")
        }
    }

    /// How an entry may call this removal.
    private static func removals(_ stored: StoredObject, _ uid: String) -> [String] {
        let place =
            "\(stored.reference.kind.plural)/\(stored.reference.namespace)/\(stored.reference.name)"
        return [place, "\(place)/\(uid)"]
    }
}

extension AuditTrail.Entry {
    /// What it took away: the very object, where the server says which.
    fileprivate var removal: String {
        "\(resource)/\(namespace)/\(name)" + (uid.map { "/\($0)" } ?? "")
    }
}
