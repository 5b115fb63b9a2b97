extension JSONTree {
    /// Equal as JSON has it: the order of an object's members does not count, and `1.0` is `1`.
    package func isSame(as other: JSONTree) -> Bool {
        switch (self, other) {
        case (.object(let mine), .object(let theirs)):
            guard mine.count == theirs.count else { return false }
            // Versions of one object share what was not changed between them.
            if mine.ordered.span.isIdentical(to: theirs.ordered.span) { return true }
            for (place, member) in mine.ordered.enumerated() {
                // Most often the order is the same; then no key is looked for.
                let twin = theirs.ordered[place]
                let value = twin.key == member.key ? twin.value : theirs[member.key]
                guard let value, member.value.isSame(as: value) else { return false }
            }
            return true
        case (.array(let mine), .array(let theirs)):
            if mine.span.isIdentical(to: theirs.span) { return true }
            return mine.count == theirs.count
                && zip(mine, theirs).allSatisfy { $0.isSame(as: $1) }
        case (.integer(let whole), .number(let number)), (.number(let number), .integer(let whole)):
            return Double(whole) == number
        default:
            return self == other
        }
    }
}
