internal import FlowFiles
internal import JSONTree

/// What `explain` writes, as `kubectl explain` does.
enum ExplanationLines {
    static func text(_ explanation: FlowExplanation) -> String {
        let title = explanation.path.isEmpty ? "a flow" : explanation.path
        var blocks = [block(explanation.itself, called: title, indent: "")]
        if explanation.isNamed {
            blocks.append("Behind names of your own, each with:")
        } else if !explanation.rows.isEmpty {
            blocks.append("Inside:")
        }
        blocks += explanation.rows.map { block($0, called: $0.name, indent: "  ") }
        if !explanation.oneOf.isEmpty {
            blocks.append("Exactly one of: \(explanation.oneOf.joined(separator: ", ")).")
        }
        if let namesake = explanation.namesake {
            blocks.append("\(namesake) is something else: theseus explain \(namesake)")
        }
        return blocks.joined(separator: "\n\n")
    }

    private static func block(
        _ row: FlowExplanation.Row, called name: String, indent: String
    ) -> String {
        var lines = ["\(name) <\(row.type)>\(row.isRequired ? " required" : "")"]
        lines.append("    \(row.summary)")
        if let usual = row.usual { lines.append("    Where nothing is written: \(usual)") }
        return lines.map { indent + $0 }.joined(separator: "\n")
    }

    static func tree(_ explanation: FlowExplanation) -> JSONTree {
        var tree = tree(explanation.itself)
        tree["name"] = nil
        tree["path"] = .string(explanation.path)
        tree["oneOf"] = .array(explanation.oneOf.map(JSONTree.string))
        tree["keys"] = .array(explanation.rows.map(Self.tree))
        return tree
    }

    private static func tree(_ row: FlowExplanation.Row) -> JSONTree {
        var tree: JSONTree = [
            "name": .string(row.name), "type": .string(row.type),
            "required": .bool(row.isRequired), "summary": .string(row.summary),
        ]
        if let usual = row.usual { tree["default"] = .string(usual) }
        return tree
    }
}
