internal import JSONTree

/// What a scalar without quotes means: the core schema of YAML 1.2, and two steps to the safe side.
///
/// `yes`, `no`, `on` and `off` are text. So is a number with a leading zero: YAML 1.1 reads `0644`
/// as 420, YAML 1.2 as 644, and whoever meant either finds out by a refusal further up.
/// `.inf`, `.nan` and numbers beyond `Double` are refused, since JSON has no such thing.
enum YAMLSchema {
    enum Meaning: Equatable {
        case value(JSONTree)
        /// Looks like a number, but there is none for it.
        case unusable
    }

    static func meaning(of text: String) -> Meaning {
        switch text {
        case "", "~", "null", "Null", "NULL": return .value(.null)
        case "true", "True", "TRUE": return .value(true)
        case "false", "False", "FALSE": return .value(false)
        default: break
        }
        guard let first = text.utf8.first, startsNumbers(first) else {
            return .value(.string(text))
        }
        return number(text) ?? .value(.string(text))
    }

    private static func startsNumbers(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x2B, 0x2D, 0x2E: true  // digits + - .
        default: false
        }
    }

    private static func number(_ text: String) -> Meaning? {
        if text.hasPrefix("0x") { return whole(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return whole(text.dropFirst(2), radix: 8) }
        let unsigned = text.first == "+" || text.first == "-" ? text.dropFirst() : text[...]
        switch unsigned {
        case ".inf", ".Inf", ".INF": return .unusable
        case ".nan", ".NaN", ".NAN": return unsigned.count == text.count ? .unusable : nil
        default: break
        }
        guard let shape = NumberShape(unsigned.utf8) else { return nil }
        if shape.isWhole, let whole = Int(text) { return .value(.integer(whole)) }
        // Swift's `Double` wants a digit on either side of the point.
        guard let number = Double(shape.spelling(of: text)), number.isFinite else {
            return .unusable
        }
        return .value(.number(number))
    }

    private static func whole(_ digits: Substring, radix: Int) -> Meaning? {
        let isNumber = digits.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x37: true
            case 0x38...0x39, 0x41...0x46, 0x61...0x66: radix == 16
            default: false
            }
        }
        guard isNumber, !digits.isEmpty else { return nil }
        return Int(digits, radix: radix).map { .value(.integer($0)) } ?? .unusable
    }
}

/// How a decimal number is written: digits, a point, digits, an exponent.
private struct NumberShape {
    var isWhole = true
    private var whole = 0
    private var fraction = 0

    /// Nil for what is no number, or one with a leading zero.
    init?(_ text: Substring.UTF8View) {
        var rest = text
        func digits() -> Int {
            let count = rest.prefix { 0x30...0x39 ~= $0 }.count
            rest = rest.dropFirst(count)
            return count
        }
        let zero = rest.first == 0x30
        whole = digits()
        if zero, whole > 1 { return nil }
        if rest.first == 0x2E {
            isWhole = false
            rest = rest.dropFirst()
            fraction = digits()
        }
        guard whole + fraction > 0 else { return nil }
        if rest.first == 0x65 || rest.first == 0x45 {
            isWhole = false
            rest = rest.dropFirst()
            if rest.first == 0x2B || rest.first == 0x2D { rest = rest.dropFirst() }
            guard digits() > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
    }

    /// The number with a zero put where YAML lets one leave it out: `.5`, `1.`, `1.e3`.
    func spelling(of text: String) -> String {
        guard !isWhole, whole == 0 || fraction == 0, let point = text.firstIndex(of: ".") else {
            return text
        }
        let before = text[..<point]
        let after = text[text.index(after: point)...]
        return "\(before)\(whole == 0 ? "0" : "").\(fraction == 0 ? "0" : "")\(after)"
    }
}
