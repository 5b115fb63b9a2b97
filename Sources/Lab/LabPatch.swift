internal import JSONTree

/// The ways in which a patch changes an object.
enum LabPatch {
    /// JSON Merge Patch, RFC 7396.
    static func merge(_ patch: JSONTree, into target: JSONTree) -> JSONTree {
        guard let changes = patch.members else { return patch }
        var result = target.members ?? [:]
        for change in changes {
            if change.value == .null {
                result[change.key] = nil
            } else {
                result[change.key] = merge(change.value, into: result[change.key] ?? .null)
            }
        }
        return .object(result)
    }

    /// The keys by which items of a list are told apart; nil: the list is one value.
    ///
    /// They are those of the built-in kinds' fields. `ports` means two things.
    static func mergeKey(_ field: String, _ items: [JSONTree]) -> String? {
        switch field {
        case "containers", "initContainers", "ephemeralContainers", "env", "volumes",
            "imagePullSecrets", "secrets":
            "name"
        case "ports": items.contains { $0["containerPort"] != nil } ? "containerPort" : "port"
        case "volumeMounts": "mountPath"
        case "volumeDevices": "devicePath"
        case "conditions": "type"
        case "hostAliases": "ip"
        case "topologySpreadConstraints": "topologyKey"
        case "ownerReferences": "uid"
        default: nil
        }
    }

    /// Strategic merge patch, with the merge keys of the built-in kinds.
    static func strategic(_ patch: JSONTree, into target: JSONTree) -> JSONTree {
        guard let changes = patch.members else { return patch }
        if changes["$patch"]?.text == "replace" {
            return .object(
                JSONObject(changes.filter { $0.key != "$patch" }.map { ($0.key, $0.value) }))
        }
        var result = target.members ?? [:]
        if let kept = changes["$retainKeys"]?.items {
            for key in result.keys where !kept.contains(.string(key)) { result[key] = nil }
        }
        for change in changes {
            let field = change.key
            if field.hasPrefix("$") {
                if field.hasPrefix("$deleteFromPrimitiveList/") {
                    let name = String(field.dropFirst("$deleteFromPrimitiveList/".count))
                    let gone = change.value.items ?? []
                    result[name] = result[name]?.items.map {
                        .array($0.filter { !gone.contains($0) })
                    }
                }
                continue
            }
            switch (change.value, result[field]) {
            case (.null, _): result[field] = nil
            case (.array(let items), .array(let present)?):
                result[field] = .array(list(field, items, into: present))
            case (.array(let items), _): result[field] = .array(list(field, items, into: []))
            case (.object, let present):
                if change.value["$patch"]?.text == "delete" {
                    result[field] = nil
                } else {
                    result[field] = strategic(change.value, into: present ?? [:])
                }
            case (.bool, _), (.integer, _), (.number, _), (.string, _): result[field] = change.value
            }
        }
        return .object(result)
    }

    private static func list(_ field: String, _ items: [JSONTree], into present: [JSONTree])
        -> [JSONTree]
    {
        if field == "finalizers" { return present + items.filter { !present.contains($0) } }
        guard let key = mergeKey(field, items + present) else { return items }
        if items.contains(where: { $0["$patch"]?.text == "replace" }) {
            return items.filter { $0["$patch"] == nil }
        }
        var result = present
        for item in items {
            let place = result.firstIndex { $0[key] != nil && $0[key] == item[key] }
            if item["$patch"]?.text == "delete" {
                if let place { result.remove(at: place) }
            } else if let place {
                result[place] = strategic(item, into: result[place])
            } else {
                result.append(strategic(item, into: [:]))
            }
        }
        return result
    }

    /// JSON Patch, RFC 6902.
    static func operations(_ patch: JSONTree, on target: JSONTree) throws(LabRefusal) -> JSONTree {
        var result = target
        for step in patch.items ?? [] {
            let path = pointer(step["path"]?.text ?? "")[...]
            switch step["op"]?.text {
            case "test":
                let found = value(at: path, in: result)
                guard found?.isSame(as: step["value"] ?? .null) ?? (step["value"] == nil) else {
                    throw refused("testing value \(step["path"]?.text ?? "") failed")
                }
            case "add": result = try place(step["value"] ?? .null, path, in: result, inserts: true)
            case "replace":
                guard value(at: path, in: result) != nil else { throw missing(step) }
                result = try place(step["value"] ?? .null, path, in: result, inserts: false)
            case "remove":
                guard value(at: path, in: result) != nil else { throw missing(step) }
                result = try place(nil, path, in: result, inserts: false)
            case "move", "copy":
                let source = pointer(step["from"]?.text ?? "")[...]
                guard let moved = value(at: source, in: result) else { throw missing(step) }
                if step["op"]?.text == "move" {
                    result = try place(nil, source, in: result, inserts: false)
                }
                result = try place(moved, path, in: result, inserts: true)
            default: throw .badRequest("unexpected kind of operation in a JSON patch")
            }
        }
        return result
    }

    private static func refused(_ why: String) -> LabRefusal {
        LabRefusal(
            status: 422, reason: "Invalid",
            message: "the server rejected our request due to an error in our request: \(why)",
            details: [:])
    }

    private static func missing(_ step: JSONTree) -> LabRefusal {
        refused("path \(step["path"]?.text ?? "") does not exist")
    }

    private static func pointer(_ text: String) -> [String] {
        text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    private static func value(at path: ArraySlice<String>, in tree: JSONTree) -> JSONTree? {
        guard let key = path.first else { return tree }
        if let items = tree.items {
            guard let index = Int(key), items.indices.contains(index) else { return nil }
            return value(at: path.dropFirst(), in: items[index])
        }
        return tree[key].flatMap { value(at: path.dropFirst(), in: $0) }
    }

    private static func place(
        _ value: JSONTree?, _ path: ArraySlice<String>, in tree: JSONTree, inserts: Bool
    ) throws(LabRefusal) -> JSONTree {
        guard let key = path.first else { return value ?? .null }
        var result = tree
        if var items = tree.items {
            let index = key == "-" ? items.count : Int(key) ?? -1
            guard index >= 0, index <= items.count else { throw refused("bad index \(key)") }
            if path.count > 1 {
                guard index < items.count else { throw refused("bad index \(key)") }
                items[index] = try place(
                    value, path.dropFirst(), in: items[index], inserts: inserts)
            } else if let value {
                if inserts { items.insert(value, at: index) } else { items[index] = value }
            } else {
                items.remove(at: index)
            }
            return .array(items)
        }
        guard tree.members != nil else { throw refused("nothing to change at \(key)") }
        if path.count == 1 {
            result[key] = value
        } else {
            guard let child = tree[key] else { throw refused("nothing to change at \(key)") }
            result[key] = try place(value, path.dropFirst(), in: child, inserts: inserts)
        }
        return result
    }
}
