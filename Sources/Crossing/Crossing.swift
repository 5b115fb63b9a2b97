// Crossing — a way across: what others' resources say, as a flow, and by name what does not come along.
//
// Read in this order:
//   FlowTranslation   the door: files -> the text of a flow, the manifests that it names, notes
//   CrossingNote      what was left behind, or means something else here, and what to do
//   CrossingError     why nothing can be made of the files
//   ForeignObject     one resource in one of the files; ForeignField, a value and the way to it
//   Ledger            which fields were dealt with; what is left over in the end is named
//   FateTable         the fields that have no counterpart here, each with its reason
//   Condition         `result[0] < 0.05` -> the bounds of a gate
//   FlowDraft         the flow as it grows; FlowText writes it, with comments
//   Crosser           makes the one of the other: +Rollout… for Argo Rollouts, +Canary… for Flagger
//
// Pure: bytes in, text out. That nothing is dropped in silence does not rest on care: a field that
// nobody dealt with is found by the ledger.

/// A file that somebody gave: its name, for people, and what is in it.
package struct ForeignFile: Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// A flow made of another tool's resource.
package struct FlowTranslation: Sendable {
    /// A manifest that the flow names.
    package struct File: Hashable, Sendable {
        /// From the flow's folder.
        package let path: String
        package let text: String
    }

    /// `Rollout checkout`.
    package let source: String
    /// The flow's name.
    package let name: String
    /// The text of the flow, with comments.
    package let flow: String
    package let files: [File]
    package let notes: [CrossingNote]
    /// The manifest of the candidate, as the flow names it; not among `files` where a person must
    /// say where it is.
    package let manifest: String
    /// The fields whose meaning came along, as `Rollout checkout: spec.replicas`; for tests.
    package let carried: Set<String>

    /// Makes a flow of the Rollout or Canary in the files; `name` says which, where there are several.
    package static func of(_ files: [ForeignFile], named name: String? = nil)
        throws(CrossingError) -> FlowTranslation
    {
        var objects: [ForeignObject] = []
        for file in files { objects += try ForeignObject.all(in: file) }
        let root = try choose(among: objects, files, named: name)
        var crosser = Crosser(objects: objects, root: root)
        switch objects[root].kind {
        case "Canary": crosser.crossCanary()
        default: crosser.crossRollout()
        }
        crosser.nameWhatIsLeft()
        let draft = crosser.draft
        return FlowTranslation(
            source: objects[root].title, name: draft.name, flow: FlowText.text(of: draft),
            files: draft.files, notes: crosser.ledger.notes, manifest: draft.manifest,
            carried: crosser.ledger.carried(objects))
    }

    private static func choose(
        among objects: [ForeignObject], _ files: [ForeignFile], named name: String?
    ) throws(CrossingError) -> Int {
        let all = objects.indices.filter { objects[$0].isRelease }
        let place = files.map(\.name).joined(separator: ", ")
        guard !all.isEmpty else {
            var kinds: [String] = []
            for object in objects where !kinds.contains(object.kind) { kinds.append(object.kind) }
            throw CrossingError(.nothing(kinds), place: place)
        }
        guard let name else {
            if all.count == 1 { return all[0] }
            throw CrossingError(.several(all.map { objects[$0].title }), place: place)
        }
        let fitting = all.filter { objects[$0].name == name }
        if fitting.count == 1 { return fitting[0] }
        let titles = (fitting.isEmpty ? all : fitting).map { objects[$0].title }
        throw CrossingError(
            fitting.isEmpty ? .noSuchName(name, titles) : .several(titles), place: place)
    }
}
