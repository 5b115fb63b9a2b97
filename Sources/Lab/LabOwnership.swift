internal import JSONTree

/// Who owns which fields: `metadata.managedFields`, as coarse as telling people apart needs.
///
/// A field here is a label, an annotation, or a member of `spec`, `status`, `data` and the like;
/// what lies below belongs to its parent.
enum LabOwnership {
    /// The way to a field as `fieldsV1` writes it: keys, each behind an `f:`.
    typealias Path = [String]

    struct Writer {
        let manager: String
        let operation: String
        let apiVersion: String
        let subresource: String?
        let time: String
    }

    /// A field in which two objects differ.
    private struct Change {
        let path: Path
        /// The newer object has it no more.
        let isGone: Bool
    }

    /// The object's `managedFields` after `writer` turned `old` into `new`.
    static func fields(after old: JSONTree?, _ new: JSONTree, by writer: Writer) -> JSONTree {
        let changes = changes(from: old ?? [:], to: new)
        var entries = old?.at("metadata", "managedFields")?.items ?? []
        if let mine = settled(entries, changes, writer) {
            entries[mine]["time"] = .string(writer.time)
            return .array(entries)
        }
        let written = changes.filter { !$0.isGone }.map(\.path)
        var isKnown = false
        for place in entries.indices.reversed() {
            let fields = entries[place]["fieldsV1"] ?? [:]
            var owned: [Path]
            if isMine(entries[place], writer) {
                isKnown = true
                owned = paths(in: fields).filter { isThere($0, in: new) }
                owned += written.filter { !owned.contains($0) }
                entries[place]["time"] = .string(writer.time)
            } else {
                let lost = changes.filter { isLeaf($0.path, of: fields) }.map(\.path)
                if lost.isEmpty { continue }
                owned = paths(in: fields).filter { !lost.contains($0) }
            }
            if owned.isEmpty {
                entries.remove(at: place)
            } else {
                entries[place]["fieldsV1"] = tree(of: owned)
            }
        }
        if !isKnown, !written.isEmpty { entries.append(entry(writer, written)) }
        return .array(entries)
    }

    /// The writer's own entry, where all that changed was its own before and still is: nothing moves.
    private static func settled(_ entries: [JSONTree], _ changes: [Change], _ writer: Writer)
        -> Int?
    {
        guard let mine = entries.lastIndex(where: { isMine($0, writer) }),
            !changes.contains(where: \.isGone)
        else { return nil }
        for place in entries.indices {
            let fields = entries[place]["fieldsV1"] ?? [:]
            for change in changes {
                guard
                    place == mine
                        ? isLeaf(change.path, of: fields)
                        : value(at: change.path, in: fields) == nil
                else { return nil }
            }
        }
        return mine
    }

    private static func entry(_ writer: Writer, _ owned: [Path]) -> JSONTree {
        var entry: JSONTree = [
            "apiVersion": .string(writer.apiVersion), "fieldsType": "FieldsV1",
            "fieldsV1": tree(of: owned), "manager": .string(writer.manager),
            "operation": .string(writer.operation), "time": .string(writer.time),
        ]
        if let subresource = writer.subresource { entry["subresource"] = .string(subresource) }
        return entry
    }

    private static func isMine(_ entry: JSONTree, _ writer: Writer) -> Bool {
        entry["manager"]?.text == writer.manager
            && entry["operation"]?.text == writer.operation
            && entry["subresource"]?.text == writer.subresource
    }

    private static let labels: Path = ["f:metadata", "f:labels"]
    private static let annotations: Path = ["f:metadata", "f:annotations"]

    /// The fields in which two objects differ.
    private static func changes(from old: JSONTree, to new: JSONTree) -> [Change] {
        var found: [Change] = []
        for (part, path) in [("labels", labels), ("annotations", annotations)] {
            compare(old.at("metadata", part), new.at("metadata", part), under: path, &found)
        }
        func compareRoot(_ root: String, _ before: JSONTree?, _ after: JSONTree?) {
            if root == "metadata" || root == "apiVersion" || root == "kind" { return }
            if (after ?? before)?.members != nil {
                compare(before, after, under: ["f:" + root], &found)
            } else if after != before {
                found.append(Change(path: ["f:" + root], isGone: after == nil))
            }
        }
        for root in new.members?.ordered ?? [] {
            compareRoot(root.key, old[root.key], root.value)
        }
        for root in old.members?.ordered ?? [] where new[root.key] == nil {
            compareRoot(root.key, root.value, nil)
        }
        return found
    }

    /// Adds the members in which two objects differ; what was not touched is not walked through.
    private static func compare(
        _ before: JSONTree?, _ after: JSONTree?, under path: @autoclosure () -> Path,
        _ found: inout [Change]
    ) {
        let former = before?.members?.ordered ?? []
        let newer = after?.members?.ordered ?? []
        if former.span.isIdentical(to: newer.span) { return }
        var kept = 0
        for (place, member) in newer.enumerated() {
            // Most often the order is the same; then no key is looked for.
            let hasTwin = place < former.count && former[place].key == member.key
            if let twin = hasTwin ? former[place].value : before?[member.key] {
                kept += 1
                if twin.isSame(as: member.value) { continue }
            }
            found.append(Change(path: path() + ["f:" + member.key], isGone: false))
        }
        if kept == former.count { return }
        for member in former where after?[member.key] == nil {
            found.append(Change(path: path() + ["f:" + member.key], isGone: true))
        }
    }

    /// Fields lie three steps deep at most.
    private static func value(at path: Path, in tree: JSONTree) -> JSONTree? {
        switch path.count {
        case 1: tree[path[0]]
        case 2: tree.at(path[0], path[1])
        case 3: tree.at(path[0], path[1], path[2])
        default: tree.at(path)
        }
    }

    private static func isLeaf(_ path: Path, of fields: JSONTree) -> Bool {
        value(at: path, in: fields)?.members?.isEmpty ?? false
    }

    private static func isThere(_ path: Path, in object: JSONTree) -> Bool {
        value(at: path.map { String(decoding: $0.utf8.dropFirst(2), as: UTF8.self) }, in: object)
            != nil
    }

    private static func tree(of paths: [Path]) -> JSONTree {
        var tree: JSONTree = [:]
        for path in paths { tree.set([:], along: path[...]) }
        return tree
    }

    private static func paths(in tree: JSONTree) -> [Path] {
        (tree.members?.ordered ?? []).flatMap { member -> [Path] in
            let below = paths(in: member.value)
            return below.isEmpty ? [[member.key]] : below.map { [member.key] + $0 }
        }
    }
}
