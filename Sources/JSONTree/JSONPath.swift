/// The way to values inside a JSON tree: `$.data[0].value`, `$['odd name']`, `$.items[*].rate`.
///
/// The part of RFC 9535 that names places; filters and slices are left out.
package struct JSONPath: Hashable, Sendable, CustomStringConvertible {
    private enum Step: Hashable, Sendable {
        case key(String)
        /// From the end where negative.
        case index(Int)
        case all
    }

    /// As it was written.
    package let description: String
    private let steps: [Step]

    /// nil for what is no such path.
    package init?(_ text: String) {
        description = text
        var rest = text[...]
        guard rest.popFirst() == "$" else { return nil }
        var steps: [Step] = []
        while let mark = rest.popFirst() {
            switch mark {
            case ".":
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                steps.append(name == "*" ? .all : .key(String(name)))
                rest = rest.dropFirst(name.count)
            case "[":
                guard let step = Self.bracket(&rest) else { return nil }
                steps.append(step)
            default: return nil
            }
        }
        self.steps = steps
    }

    private static func bracket(_ rest: inout Substring) -> Step? {
        if let quote = rest.first, quote == "'" || quote == "\"" {
            rest = rest.dropFirst()
            let name = rest.prefix { $0 != quote }
            rest = rest.dropFirst(name.count)
            guard rest.popFirst() == quote, rest.popFirst() == "]" else { return nil }
            return .key(String(name))
        }
        let inside = rest.prefix { $0 != "]" }
        rest = rest.dropFirst(inside.count)
        guard rest.popFirst() == "]" else { return nil }
        if inside == "*" { return .all }
        return Int(inside).map(Step.index)
    }

    /// All values that it leads to, in the order of the tree.
    package func values(in tree: JSONTree) -> [JSONTree] {
        steps.reduce([tree]) { found, step in
            found.flatMap { tree -> [JSONTree] in
                switch step {
                case .key(let key): return tree[key].map { [$0] } ?? []
                case .index(let index):
                    guard let items = tree.items else { return [] }
                    let place = index < 0 ? items.count + index : index
                    return items.indices.contains(place) ? [items[place]] : []
                case .all:
                    return tree.items ?? tree.members.map { $0.map { $0.value } } ?? []
                }
            }
        }
    }
}
