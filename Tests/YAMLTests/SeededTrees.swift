import JSONTree

/// Makes trees out of a seed: the same seed, the same trees.
struct SeededTrees {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func tree(depth: Int) -> JSONTree {
        switch below(depth > 0 ? 10 : 6) {
        case 0: return [.null, true, false][below(3)]
        case 1: return .integer(Int(truncatingIfNeeded: next()) >> below(64))
        case 2: return .number(number())
        case 3...5: return .string(string())
        case 6, 7: return .array((0..<below(5)).map { _ in tree(depth: depth - 1) })
        default:
            var members = JSONObject()
            for _ in 0..<below(6) { members[string()] = tree(depth: depth - 1) }
            return .object(members)
        }
    }

    private mutating func number() -> Double {
        let number = Double(bitPattern: next())
        if below(2) == 0, number.isFinite { return number }
        return Double(below(2000) - 1000) / 8
    }

    private static let words = [
        "", "a", "name", "reviews-v1", "yes", "No", "null", "~", "true", "0", "0644", "1e3", "1_0",
        "-",
        "--", "---", "...", ":", ": ", " #", "#", "\n", "\n\n", "\n ", " ", "  ", "\t", "\r", "'",
        "\"",
        "\\", "[", "{", "}", "]", ",", "&a", "*a", "!t", "|", ">", "%", "@", "`", "?", "? ", "<<",
        "=",
        "é", "\u{301}", "\u{85}", "\u{A0}", "\u{2028}", "\u{FEFF}", "\u{0}", "\u{7F}", "😀", "word",
        "12:30", "2026-01-31", ".inf", "0x1F", "+", ".",
    ]

    private mutating func string() -> String {
        (0..<below(5)).map { _ in Self.words[below(Self.words.count)] }.joined()
    }
}
