internal import JSONTree

/// Who owns which fields: `metadata.managedFields`, as coarse as telling people apart needs.
///
/// A field here is a label, an annotation, or a member of `spec`, `status`, `data` and the like;
/// what lies below belongs to its parent.
enum LabOwnership {
    typealias Path = [String]

    struct Writer {
        let manager: String
        let operation: String
        let apiVersion: String
        let subresource: String?
        let time: String
    }

    /// The object's `managedFields` after `writer` turned `old` into `new`.
    static func fields(after old: JSONTree?, _ new: JSONTree, by writer: Writer) -> JSONTree {
        let changed = differences(from: old ?? [:], to: new)
        var entries = old?.at("metadata", "managedFields")?.items ?? []
        if let mine = settled(entries, changed, in: new, writer) {
            entries[mine]["time"] = .string(writer.time)
            return .array(entries)
        }
        var isKnown = false
        for place in entries.indices.reversed() {
            var owned = paths(in: entries[place]["fieldsV1"] ?? [:])
            if isMine(entries[place], writer) {
                isKnown = true
                owned.removeAll { value(at: $0, in: new) == nil }
                owned += changed.filter { path in
                    !owned.contains(path) && value(at: path, in: new) != nil
                }
                entries[place]["time"] = .string(writer.time)
            } else {
                owned.removeAll(where: changed.contains)
            }
            if owned.isEmpty {
                entries.remove(at: place)
            } else {
                entries[place]["fieldsV1"] = tree(of: owned)
            }
        }
        let owned = changed.filter { value(at: $0, in: new) != nil }
        if !isKnown, !owned.isEmpty { entries.append(entry(writer, owned)) }
        return .array(entries)
    }

    /// The writer's own entry, where all that changed was its own before and still is: nothing moves.
    private static func settled(
        _ entries: [JSONTree], _ changed: [Path], in new: JSONTree, _ writer: Writer
    ) -> Int? {
        guard let mine = entries.lastIndex(where: { isMine($0, writer) }) else { return nil }
        for path in changed {
            guard value(at: path, in: new) != nil else { return nil }
            let owned = path.map { "f:" + $0 }
            for place in entries.indices {
                let stands = entries[place]["fieldsV1"]?.at(owned)
                guard place == mine ? stands == [:] : stands == nil else { return nil }
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

    /// The fields in which two objects differ.
    private static func differences(from old: JSONTree, to new: JSONTree) -> [Path] {
        var found: [Path] = []
        func compare(_ before: JSONTree?, _ after: JSONTree?, under path: Path) {
            for member in after?.members ?? [:]
            where !(before?[member.key]?.isSame(as: member.value) ?? false) {
                found.append(path + [member.key])
            }
            for member in before?.members ?? [:] where after?[member.key] == nil {
                found.append(path + [member.key])
            }
        }
        for part in ["labels", "annotations"] {
            compare(
                old.at("metadata", part), new.at("metadata", part), under: ["metadata", part])
        }
        func compare(_ root: String, _ before: JSONTree?, _ after: JSONTree?) {
            if root == "metadata" || root == "apiVersion" || root == "kind" { return }
            if (after ?? before)?.members != nil {
                compare(before, after, under: [root])
            } else if after != before {
                found.append([root])
            }
        }
        for root in new.members ?? [:] { compare(root.key, old[root.key], root.value) }
        for root in old.members ?? [:] where new[root.key] == nil {
            compare(root.key, root.value, nil)
        }
        return found
    }

    private static func value(at path: Path, in tree: JSONTree) -> JSONTree? { tree.at(path) }

    private static func tree(of paths: [Path]) -> JSONTree {
        var tree: JSONTree = [:]
        for path in paths { tree.set([:], along: path.map { "f:" + $0 }[...]) }
        return tree
    }

    private static func paths(in tree: JSONTree) -> [Path] {
        (tree.members ?? [:]).flatMap { member -> [Path] in
            let name = String(member.key.dropFirst(2))
            let below = paths(in: member.value)
            return below.isEmpty ? [[name]] : below.map { [name] + $0 }
        }
    }
}
