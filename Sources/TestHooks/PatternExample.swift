/// A short text that a regular expression (RE2's, matched as a whole) accepts.
///
/// Optional parts are left out, of alternatives the first is taken, repetitions are as few as may
/// be. What cannot be decided by reading alone (look-around, back-references, word boundaries,
/// flags) is refused rather than guessed.
enum PatternExample {
    /// Stand for `^` and `$` until the text is whole.
    fileprivate static let start: Character = "\u{1}"
    fileprivate static let end: Character = "\u{2}"

    struct Refusal: Error, Hashable, Sendable {
        let reason: String
    }

    static func text(for pattern: String) throws(Refusal) -> String {
        var reader = PatternReading(rest: Array(pattern)[...])
        let text = try reader.alternatives(depth: 0)
        if !reader.rest.isEmpty { throw Refusal(reason: "a ) has no (") }
        // Anchors hold only at the two ends.
        let inner = text.drop { $0 == start }.reversed().drop { $0 == end }.reversed()
        if inner.contains(where: { $0 == start || $0 == end }) {
            throw Refusal(reason: "an anchor stands in its middle")
        }
        return String(inner)
    }
}

private struct PatternReading {
    var rest: ArraySlice<Character>

    private typealias Refusal = PatternExample.Refusal

    private static let deepest = 50
    private static let longest = 4096

    mutating func alternatives(depth: Int) throws(PatternExample.Refusal) -> String {
        if depth > Self.deepest { throw Refusal(reason: "its groups are too deep") }
        let first = try sequence(depth: depth)
        while rest.first == "|" {
            rest.removeFirst()
            // Read for its mistakes, and to find its end.
            _ = try sequence(depth: depth)
        }
        return first
    }

    private mutating func sequence(depth: Int) throws(PatternExample.Refusal) -> String {
        var text = ""
        while let next = rest.first, next != "|", next != ")" {
            let piece = try piece(depth: depth)
            text += try repeated(piece)
            if text.count > Self.longest { throw Refusal(reason: "its shortest match is too long") }
        }
        return text
    }

    private mutating func piece(depth: Int) throws(PatternExample.Refusal) -> String {
        let letter = rest.removeFirst()
        switch letter {
        case "^": return String(PatternExample.start)
        case "$": return String(PatternExample.end)
        case ".": return "x"
        case "(": return try group(depth: depth)
        case "[": return try oneOfClass()
        case "\\": return try escape()
        case "*", "+", "?": throw Refusal(reason: "a \(letter) has nothing to repeat")
        default: return String(letter)
        }
    }

    private mutating func group(depth: Int) throws(PatternExample.Refusal) -> String {
        if rest.first == "?" {
            rest.removeFirst()
            if rest.first == "P" { rest.removeFirst() }
            switch rest.popFirst() {
            case ":": break
            case "<":
                guard rest.first?.isLetter == true, let end = rest.firstIndex(of: ">") else {
                    throw Refusal(reason: "it looks ahead or behind")
                }
                rest = rest[(end + 1)...]
            default: throw Refusal(reason: "it has flags, or looks ahead")
            }
        }
        let text = try alternatives(depth: depth + 1)
        guard rest.popFirst() == ")" else { throw Refusal(reason: "a ( has no )") }
        return text
    }

    private mutating func escape() throws(PatternExample.Refusal) -> String {
        guard let letter = rest.popFirst() else { throw Refusal(reason: "it ends in a \\") }
        switch letter {
        case "d": return "0"
        case "w", "S", "D": return "a"
        case "s": return " "
        case "W": return "-"
        case "A": return String(PatternExample.start)
        case "z": return String(PatternExample.end)
        case "t": return "\t"
        default:
            if letter.isLetter || letter.isNumber {
                throw Refusal(reason: "\\\(letter) cannot be worked out")
            }
            return String(letter)
        }
    }

    /// The first member of a class; of a negated one, the first usual letter that is not in it.
    private mutating func oneOfClass() throws(PatternExample.Refusal) -> String {
        let isNegated = rest.first == "^"
        if isNegated { rest.removeFirst() }
        var ranges: [ClosedRange<Character>] = []
        while let letter = rest.popFirst() {
            if letter == "]", !ranges.isEmpty {
                if !isNegated { return String(ranges[0].lowerBound) }
                let usual = "ax0-_. ;=Z"
                guard
                    let free = usual.first(where: { letter in
                        !ranges.contains { $0.contains(letter) }
                    })
                else { throw Refusal(reason: "a class leaves nothing to choose") }
                return String(free)
            }
            if letter == "[", rest.first == ":" {
                throw Refusal(reason: "a named class cannot be worked out")
            }
            if letter == "\\", let members = try classEscape() {
                ranges += members
                continue
            }
            ranges.append(try range(from: letter))
        }
        throw Refusal(reason: "a [ has no ]")
    }

    private mutating func range(from letter: Character)
        throws(PatternExample.Refusal) -> ClosedRange<Character>
    {
        var low = letter
        if letter == "\\" {
            guard let escaped = rest.popFirst() else { throw Refusal(reason: "it ends in a \\") }
            low = escaped
        }
        guard rest.first == "-", rest.dropFirst().first != "]" else { return low...low }
        rest.removeFirst()
        guard var high = rest.popFirst() else { throw Refusal(reason: "a [ has no ]") }
        if high == "\\", let escaped = rest.popFirst() { high = escaped }
        guard low <= high else { throw Refusal(reason: "a range of a class runs backwards") }
        return low...high
    }

    /// `\d`, `\w`, `\s` inside a class; nil for a single escaped letter.
    private mutating func classEscape()
        throws(PatternExample.Refusal) -> [ClosedRange<Character>]?
    {
        let members: [ClosedRange<Character>]
        switch rest.first {
        case "d": members = ["0"..."9"]
        case "w": members = ["a"..."z", "A"..."Z", "0"..."9", "_"..."_"]
        case "s": members = [" "..." ", "\t"..."\t"]
        case let letter? where letter.isLetter || letter.isNumber:
            throw Refusal(reason: "\\\(letter) cannot be worked out")
        default: return nil
        }
        rest.removeFirst()
        return members
    }

    /// A piece as often as its quantifier asks for at least.
    private mutating func repeated(_ piece: String) throws(PatternExample.Refusal) -> String {
        let count: Int
        switch rest.first {
        case "?", "*": count = 0
        case "+": count = 1
        case "{":
            guard let end = rest.firstIndex(of: "}"),
                let least = Int(String(rest[(rest.startIndex + 1)..<end].prefix { $0 != "," })),
                (0...1000).contains(least)
            else { throw Refusal(reason: "a { } cannot be read") }
            count = least
            rest = rest[end...]
        default: return piece
        }
        rest.removeFirst()
        // A following ? only changes which match is preferred.
        if rest.first == "?" { rest.removeFirst() }
        return String(repeating: piece, count: count)
    }
}
