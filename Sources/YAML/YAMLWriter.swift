package import JSONTree

/// Writes a tree as YAML in block style, the way people and `kubectl` do.
///
/// Reading it back gives the same tree; readers of YAML 1.1 (which Kubernetes has) take it the
/// same way, so `"yes"`, `"0644"` and `"12:30"` get quotes. What JSON cannot hold, NaN and the
/// infinities, is written as `null`.
package enum YAMLWriter {
    package static func text(of tree: JSONTree) -> String {
        var writing = YAMLWriting()
        writing.write(tree, indent: 0, after: .nothing)
        return writing.text
    }

    /// Several documents, with `---` between them.
    package static func text(ofDocuments documents: [JSONTree]) -> String {
        documents.map { text(of: $0) }.joined(separator: "---\n")
    }
}

/// The text written so far.
private struct YAMLWriting {
    /// What the value stands behind on its line.
    enum Before {
        case nothing
        case dash
        case colon
    }

    var text = ""

    /// Writes a value and ends its line.
    mutating func write(_ tree: JSONTree, indent: Int, after before: Before) {
        switch tree {
        case .array(let items) where !items.isEmpty:
            write(items: items, indent: indent, after: before)
        case .object(let members) where !members.isEmpty:
            write(members: members, indent: indent, after: before)
        case .string(let string):
            if before != .nothing { text += " " }
            text += YAMLText.block(string, indent: indent) ?? YAMLText.line(string)
            text += "\n"
        case .null, .bool, .integer, .number, .array, .object:
            if before != .nothing { text += " " }
            text += word(tree)
            text += "\n"
        }
    }

    private mutating func write(items: [JSONTree], indent: Int, after before: Before) {
        var isFirst = true
        if before == .colon { text += "\n" }
        for item in items {
            if isFirst, before == .dash { text += " " } else { pad(indent) }
            isFirst = false
            text += "-"
            write(item, indent: indent + 2, after: .dash)
        }
    }

    private mutating func write(members: JSONObject, indent: Int, after before: Before) {
        var isFirst = true
        if before == .colon { text += "\n" }
        for member in members {
            if isFirst, before == .dash { text += " " } else { pad(indent) }
            isFirst = false
            write(key: member.key, indent: indent)
            // A list stands right under its key, not indented.
            let isList = member.value.items != nil
            write(member.value, indent: isList ? indent : indent + 2, after: .colon)
        }
    }

    private mutating func write(key: String, indent: Int) {
        let written = YAMLText.line(key)
        // Readers look for the colon of a key no further than 1024 characters.
        if written.unicodeScalars.count < 1000 {
            text += "\(written):"
        } else {
            text += "? \(written)\n"
            pad(indent)
            text += ":"
        }
    }

    private mutating func pad(_ indent: Int) { text += String(repeating: " ", count: indent) }

    private func word(_ tree: JSONTree) -> String {
        switch tree {
        case .array: "[]"
        case .object: "{}"
        case .number(let number) where number.isFinite: YAMLText.spelling(of: number)
        case .null, .bool, .integer, .number, .string: JSONWriter.text(of: tree)
        }
    }
}
