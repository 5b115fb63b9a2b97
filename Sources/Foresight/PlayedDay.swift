internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// What one good day brought.
package struct PlayedDay: Sendable {
    /// A file that the run writes for people.
    package struct File: Hashable, Sendable {
        package let path: String
        package let text: String
    }

    /// What the run remembered, and what the API server took from it.
    enum Happening: Sendable {
        case fact(Fact, leadingTo: RunState)
        case write(verb: String, object: String)
    }

    /// The writes to the release's objects, in order.
    package let writes: [PlannedWrite]
    /// Writes of the Lease and of the journal.
    package let bookkeeping: Int
    /// All calls to the API server, reading and writing.
    package let calls: Int
    package let lasted: Duration
    package let files: [File]
    /// Paths and queries that the run looked at.
    let looks: [String]
    let happenings: [Happening]
    let end: RunState

    /// Stable's ready pods, as the day's sizes are reckoned from them: of a likeness all are ready.
    package var countedPods: Int { end.backup?.stableReady ?? 0 }

    init(
        notes: Scribe.Notes, history: [StoredVersion], lasted: Duration, files: [File],
        happenings: [Happening] = [], end: RunState
    ) {
        let writes = notes.entries.compactMap { Self.write($0, history) }
        self.writes = writes.filter { !$0.isBookkeeping }
        bookkeeping = writes.count - self.writes.count
        calls = notes.calls
        looks = notes.looks
        self.lasted = lasted
        self.files = files
        self.happenings = happenings
        self.end = end
    }

    /// Every write says which version it replaces, and that version is in the history.
    ///
    /// Who asks what he may do writes nothing.
    private static func write(_ entry: Scribe.Entry, _ history: [StoredVersion]) -> PlannedWrite? {
        guard entry.path.group != ReadOnlyTransport.reviews else { return nil }
        let body = entry.body
        let name = entry.path.name ?? body.at("metadata", "name")?.text ?? ""
        let namespace = entry.path.namespace ?? ""
        let (verb, under): (PlannedWrite.Verb, JSONTree?) =
            switch entry.method {
            case "POST": (.create, nil)
            case "DELETE": (.delete, body.at("preconditions", "resourceVersion"))
            default: (.update, body.at("metadata", "resourceVersion"))
            }
        let before = under?.text.flatMap { Int($0) }.flatMap { revision in
            history.first { $0.revision == revision }?.object
        }
        guard let kind = body["kind"]?.text.flatMap({ verb == .delete ? before?.kind : $0 }) else {
            return nil
        }
        let path = entry.path
        return PlannedWrite(
            chapter: entry.chapter, verb: verb,
            reference: ObjectReference(
                ResourceKind(
                    group: path.group, version: path.version, kind: kind, plural: path.plural),
                namespace: namespace, name: name),
            before: before.map { Self.shown($0, as: path) },
            after: verb == .delete ? nil : Concealment.concealed(KubernetesObject(body)))
    }

    /// The history keeps one version of each kind; the run asked for the one in its path.
    private static func shown(_ object: KubernetesObject, as path: APIPath) -> KubernetesObject {
        var object = Concealment.concealed(object)
        object.tree["apiVersion"] = .string(
            path.group.isEmpty ? path.version : "\(path.group)/\(path.version)")
        return object
    }
}
