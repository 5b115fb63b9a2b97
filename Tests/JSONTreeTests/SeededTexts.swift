/// Makes JSON texts out of a seed, in every style that the grammar allows.
struct SeededTexts {
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

    private mutating func any(of choices: [String]) -> String { choices[below(choices.count)] }

    /// A text that follows the grammar.
    mutating func text(depth: Int = 5) -> String {
        let inner: String
        switch below(depth > 0 ? 9 : 5) {
        case 0: inner = any(of: ["null", "true", "false"])
        case 1, 2: inner = number()
        case 3, 4: inner = "\"\(characters())\""
        case 5, 6:
            let items = (0..<below(5)).map { _ in text(depth: depth - 1) }
            inner = "[\(items.joined(separator: ","))\(space())]"
        default:
            // Numbered, so that keys differ.
            let members = (0..<below(6)).map { index in
                "\(space())\"\(characters())\(index)\"\(space()):\(text(depth: depth - 1))"
            }
            inner = "{\(members.joined(separator: ","))\(space())}"
        }
        return space() + inner + space()
    }

    /// A text that followed the grammar until some bytes were lost, doubled or changed.
    mutating func brokenText() -> [UInt8] {
        var bytes = Array(text(depth: 3).utf8)
        let strange = Array("{}[]\",:\\0123456789.eE+-tfnu \n\u{1}/é".utf8) + [0xFF, 0x80, 0xED]
        for _ in 0...below(3) where !bytes.isEmpty {
            let index = below(bytes.count)
            switch below(4) {
            case 0: bytes.remove(at: index)
            case 1: bytes.insert(bytes[index], at: index)
            case 2: bytes.insert(strange[below(strange.count)], at: index)
            default: bytes[index] = strange[below(strange.count)]
            }
        }
        return bytes
    }

    private mutating func space() -> String {
        below(3) > 0 ? "" : any(of: [" ", "\n", "\t", "\r\n", "  "])
    }

    private mutating func digits(_ most: Int) -> String {
        (0...below(most)).map { _ in String(below(10)) }.joined()
    }

    private mutating func number() -> String {
        var text = any(of: ["", "-"])
        text += any(of: ["0", "1", "7", "9"])
        if !text.hasSuffix("0"), below(2) == 0 { text += digits(below(4) == 0 ? 24 : 6) }
        if below(3) == 0 { text += "." + digits(below(4) == 0 ? 24 : 6) }
        if below(4) == 0 { text += any(of: ["e", "E", "e+", "E-", "e-"]) + digits(2) }
        return text
    }

    private mutating func characters() -> String {
        (0..<below(6)).map { _ in
            any(of: [
                "a", "name", "z z", "é", "€", "😀", "/", "\u{7F}", "\u{2028}", "\u{10FFFF}", "\\\"",
                "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u0041", "\\u00e9",
                "\\u20AC", "\\uD83D\\uDE00", "\\udbff\\udfff", "\\uFFFF", "\\u001f",
                "kubernetes.io/last-applied",
            ])
        }.joined()
    }
}
