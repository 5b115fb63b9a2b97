/// The way to one value in a tree: `$.items[0].name`; the `$.` may be left out.
///
/// Names with other characters stand in brackets and quotes: `$.headers["x-id"]`.
package struct JSONPath: Hashable, Sendable, CustomStringConvertible {
    private enum Step: Hashable, Sendable {
        case member(String)
        case item(Int)
    }

    package let description: String
    private let steps: [Step]

    /// nil: this is no path.
    package init?(_ text: String) {
        description = text
        var steps: [Step] = []
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "$") {
            rest = rest.dropFirst()
        } else if rest.first != UInt8(ascii: "["), let name = Self.name(&rest) {
            steps.append(.member(name))
        } else if rest.first != UInt8(ascii: "[") {
            return nil
        }
        while let next = rest.first {
            rest = rest.dropFirst()
            switch next {
            case UInt8(ascii: "."):
                guard let name = Self.name(&rest) else { return nil }
                steps.append(.member(name))
            case UInt8(ascii: "["):
                guard let step = Self.bracket(&rest) else { return nil }
                steps.append(step)
            default: return nil
            }
        }
        self.steps = steps
    }

    /// nil: nothing is there.
    package func value(in tree: JSONTree) -> JSONTree? {
        var here = tree
        for step in steps {
            switch step {
            case .member(let name):
                guard let next = here[name] else { return nil }
                here = next
            case .item(let index):
                guard let items = here.items, items.indices.contains(index) else { return nil }
                here = items[index]
            }
        }
        return here
    }

    private static func name(_ rest: inout Substring.UTF8View) -> String? {
        let name = rest.prefix { byte in
            0x61...0x7A ~= byte || 0x41...0x5A ~= byte || 0x30...0x39 ~= byte || byte == 0x5F
                || byte == 0x2D || byte > 0x7F
        }
        rest = rest.dropFirst(name.count)
        return name.isEmpty ? nil : String(Substring(name))
    }

    private static func bracket(_ rest: inout Substring.UTF8View) -> Step? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let inside = rest[..<end]
        if let quote = inside.first, quote == 0x22 || quote == 0x27 {
            let name = inside.dropFirst().dropLast()
            guard inside.count > 2, inside.last == quote, !name.contains(quote) else { return nil }
            rest = rest[end...].dropFirst()
            return .member(String(Substring(name)))
        }
        rest = rest[end...].dropFirst()
        guard (1...9).contains(inside.count), inside.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            return nil
        }
        return Int(String(Substring(inside))).map(Step.item)
    }
}
