/// The words of a query.
struct PromQLToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case word(String)
        case number(Double)
        /// In milliseconds.
        case duration(Int)
        case text(String)
        case sign(String)
        case end
    }

    let kind: Kind
    /// Counted from 1.
    let column: Int

    /// As Prometheus names it in its messages.
    var shown: String {
        switch kind {
        case .word(let word): "identifier \"\(word)\""
        case .number(let number): "number \"\(PromQLNumber.text(number))\""
        case .duration(let milliseconds): "duration \"\(milliseconds)ms\""
        case .text(let text): "string \"\(text)\""
        case .sign(let sign): "\"\(sign)\""
        case .end: "end of input"
        }
    }
}

/// Cuts a query into words.
struct PromQLLexer {
    private let bytes: [UInt8]
    private var position = 0

    init(_ query: String) { bytes = Array(query.utf8) }

    /// Signs of two letters; every other sign is one of `signs`.
    private static let pairs: Set = ["==", "!=", ">=", "<=", "=~", "!~"]
    private static let signs = ByteSet("(){}[],=+-*/%^><:@")

    static func tokens(of query: String) throws(PromQLFlaw) -> [PromQLToken] {
        var lexer = PromQLLexer(query)
        var tokens: [PromQLToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip() {
        while let byte {
            if byte == UInt8(ascii: "#") {
                while let inner = self.byte, inner != 0x0A { position += 1 }
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func next() throws(PromQLFlaw) -> PromQLToken {
        skip()
        let column = position + 1
        guard let byte else { return PromQLToken(kind: .end, column: column) }
        let kind: PromQLToken.Kind
        if Self.startsWord(byte) {
            kind = .word(run { Self.startsWord($0) || Self.isDigit($0) || $0 == 0x3A })
        } else if Self.isDigit(byte) || (byte == 0x2E && position + 1 < bytes.count) {
            kind = try number(column)
        } else if byte == 0x22 || byte == 0x27 || byte == 0x60 {
            kind = try text(column)
        } else if let sign {
            position += sign.utf8.count
            kind = .sign(sign)
        } else {
            let shown = String(decoding: bytes[position...position], as: UTF8.self)
            throw PromQLFlaw(
                kind: .parse(column: column), reason: "unexpected character: '\(shown)'")
        }
        return PromQLToken(kind: kind, column: column)
    }

    /// The sign that stands here, the longest.
    private var sign: String? {
        if position + 1 < bytes.count, bytes[position + 1] == 0x3D || bytes[position + 1] == 0x7E {
            let pair = String(decoding: bytes[position...(position + 1)], as: UTF8.self)
            if Self.pairs.contains(pair) { return pair }
        }
        guard Self.signs.contains(bytes[position]) else { return nil }
        return String(decoding: bytes[position...position], as: UTF8.self)
    }

    private static func startsWord(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x5F
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private mutating func run(while isPart: (UInt8) -> Bool) -> String {
        let start = position
        while let byte, isPart(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func number(_ column: Int) throws(PromQLFlaw) -> PromQLToken.Kind {
        let start = position
        var milliseconds = 0
        while let byte, Self.isDigit(byte) {
            let beginning = position
            let digits = run(while: Self.isDigit)
            guard let count = Int(digits), let unit = unit() else {
                position = beginning
                break
            }
            let length = count.multipliedReportingOverflow(by: unit)
            guard !length.overflow, length.partialValue < Self.longest else {
                throw PromQLFlaw(kind: .parse(column: column), reason: "duration out of range")
            }
            milliseconds += length.partialValue
        }
        if position > start, milliseconds > 0 || byte == nil || !Self.isDigit(bytes[position]) {
            return .duration(milliseconds)
        }
        position = start
        var isExponent = false
        let digits = run { byte in
            defer { isExponent = byte == 0x65 || byte == 0x45 }
            return Self.isDigit(byte) || byte == 0x2E || byte == 0x65 || byte == 0x45
                || (isExponent && (byte == 0x2B || byte == 0x2D))
        }
        let padded = digits.hasPrefix(".") ? "0" + digits : digits
        guard let number = Double(padded.hasSuffix(".") ? padded + "0" : padded) else {
            throw PromQLFlaw(
                kind: .parse(column: column), reason: "bad number or duration syntax: \"\(digits)\""
            )
        }
        return .number(number)
    }

    private mutating func unit() -> Int? {
        for (name, length) in Self.units where bytes[position...].starts(with: name.utf8) {
            position += name.utf8.count
            return length
        }
        return nil
    }

    /// No duration is longer than a thousand years.
    private static let longest = 1000 * 31_536_000_000

    private static let units: [(String, Int)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ("w", 604_800_000), ("y", 31_536_000_000),
    ]

    private mutating func text(_ column: Int) throws(PromQLFlaw) -> PromQLToken.Kind {
        let quote = bytes[position]
        position += 1
        var content: [UInt8] = []
        while let byte, byte != quote {
            position += 1
            guard byte == 0x5C, quote != 0x60 else {
                content.append(byte)
                continue
            }
            guard let escaped = self.byte else { break }
            position += 1
            switch escaped {
            case UInt8(ascii: "n"): content.append(0x0A)
            case UInt8(ascii: "t"): content.append(0x09)
            case UInt8(ascii: "r"): content.append(0x0D)
            case 0x5C, 0x22, 0x27: content.append(escaped)
            default:
                throw PromQLFlaw(
                    kind: .parse(column: position),
                    reason: "unknown escape sequence \(Character(Unicode.Scalar(escaped)))")
            }
        }
        guard byte == quote else {
            throw PromQLFlaw(kind: .parse(column: column), reason: "unterminated quoted string")
        }
        position += 1
        return .text(String(decoding: content, as: UTF8.self))
    }
}
