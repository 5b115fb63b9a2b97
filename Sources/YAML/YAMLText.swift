internal import JSONTree

/// How one string is written: bare, in quotes, or as a block of lines.
enum YAMLText {
    /// On one line: bare where no reader could take it for anything else, else in quotes.
    static func line(_ text: String) -> String { isBare(text) ? text : quoted(text) }

    /// As a literal block, for text of several lines that needs no escapes; else nil.
    static func block(_ text: String, indent: Int) -> String? {
        guard text.utf8.contains(0x0A), text.unicodeScalars.allSatisfy(standsInBlock) else {
            return nil
        }
        // A block that begins with a space or an empty line would need its indentation spelt out.
        guard let first = text.unicodeScalars.first, first != " ", first != "\n", first != "\t"
        else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let mark: String
        if lines.last?.isEmpty == true {
            lines.removeLast()
            mark = lines.last?.isEmpty == true ? "|+" : "|"
        } else {
            mark = "|-"
        }
        let isLastBlank = lines.last?.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } == true
        if isLastBlank, mark != "|+" { return nil }
        let padding = String(repeating: " ", count: max(indent, 2))
        return mark + "\n" + lines.map { $0.isEmpty ? "" : padding + $0 }.joined(separator: "\n")
    }

    /// The shortest spelling that reads back, with the point that YAML 1.1 asks for.
    static func spelling(of number: Double) -> String {
        let text = number.description
        guard !text.contains("."), let exponent = text.firstIndex(of: "e") else { return text }
        return "\(text[..<exponent]).0\(text[exponent...])"
    }

    private static func isBare(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last,
            startsBare(first), last != ":", last != " ",
            text.unicodeScalars.allSatisfy({ standsInBlock($0) && $0 != "\n" && $0 != "\t" }),
            !text.utf8.starts(with: [0x2E, 0x2E, 0x2E]), !endsEarly(text)
        else { return false }
        return !looksLikeSomethingElse(text)
    }

    /// Whether `: ` or ` #` is in it; looks at bytes, since an accent may sit on the last one.
    private static func endsEarly(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains {
            ($0 == 0x3A && $1 == 0x20) || ($0 == 0x20 && $1 == 0x23)
        }
    }

    private static func startsBare(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "/", "_", ".", "$", "(", "^", ";", "+": true
        default: scalar.value > 0xA0 && standsInBlock(scalar)
        }
    }

    /// Whether some reader takes the bare word for a null, a flag, a number or a date.
    private static func looksLikeSomethingElse(_ text: String) -> Bool {
        switch text.lowercased() {
        case "y", "n", "yes", "no", "on", "off", "true", "false", "null": return true
        default: break
        }
        guard let first = text.utf8.first else { return true }
        // Numbers of every kind, and dates, begin so: octal 0644, 1_000, 12:30:00, 2026-01-31, .inf.
        // A version, an address or a digest is none, having a letter or two points.
        switch first {
        case 0x30...0x39, 0x2B, 0x2E: break
        default: return false
        }
        guard case .value(.string) = YAMLSchema.meaning(of: text) else { return true }
        return text.utf8.allSatisfy { byte in
            switch byte {
            // Digits + - . : _ and the letters of 0x…, 0o…, 1e5, .inf, .nan, 2026-01-31T12:00:00Z.
            case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x3A, 0x5F, 0x20: true
            case 0x41...0x46, 0x61...0x66: true
            case 0x58, 0x78, 0x4F, 0x6F, 0x49, 0x69, 0x4E, 0x6E, 0x54, 0x74, 0x5A, 0x7A: true
            default: false
            }
        }
    }

    /// Whether the character may stand unescaped outside of quotes.
    private static func standsInBlock(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x20...0x7E: true
        case 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        case 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where standsInBlock(scalar): quoted.unicodeScalars.append(scalar)
            default: quoted += escape(scalar)
            }
        }
        return quoted + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let (letter, width) = scalar.value < 0x100 ? ("x", 2) : ("u", 4)
        return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
    }
}
