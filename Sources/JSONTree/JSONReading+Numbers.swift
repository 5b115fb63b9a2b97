extension JSONReading {
    /// Reads a number; stands at its first digit or its minus.
    mutating func number(_ bytes: Span<UInt8>) throws(JSONFault) -> JSONTree {
        let start = position
        let isNegative = bytes[position] == 0x2D
        if isNegative { position += 1 }

        var digits = Digits()
        let first = position
        try digits.take(bytes, &position)
        if position - first > 1, bytes[first] == 0x30 {
            throw JSONFault(.malformedNumber, at: start)
        }
        var isWhole = true
        if position < bytes.count, bytes[position] == 0x2E {
            isWhole = false
            position += 1
            let point = position
            try digits.take(bytes, &position)
            digits.exponent -= position - point
        }
        if position < bytes.count, bytes[position] | 0x20 == 0x65 {
            isWhole = false
            position += 1
            try digits.takeExponent(bytes, &position)
        }
        if isWhole, digits.isExact {
            return .integer(isNegative ? -digits.value : digits.value)
        }
        return try rare(bytes, start, isWhole, digits, isNegative)
    }

    /// Whole numbers of 19 digits and more, and everything that is not whole.
    private func rare(
        _ bytes: Span<UInt8>, _ start: Int, _ isWhole: Bool, _ digits: Digits, _ isNegative: Bool
    ) throws(JSONFault) -> JSONTree {
        if !isWhole, let quick = digits.decimal { return .number(isNegative ? -quick : quick) }
        var text = ""
        for index in start..<position { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
        if isWhole, let whole = Int(text) { return .integer(whole) }
        guard let number = Double(text) else { throw JSONFault(.malformedNumber, at: start) }
        guard number.isFinite else { throw JSONFault(.hugeNumber, at: start) }
        return .number(number)
    }
}

/// The digits of a number, as long as they fit into an `Int`.
private struct Digits {
    var value = 0
    /// Power of ten by which `value` is to be multiplied.
    var exponent = 0
    private var count = 0
    private var isExponentSmall = true

    /// Below 19 digits nothing is lost.
    var isExact: Bool { count < 19 }

    /// At least one digit.
    mutating func take(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONFault) {
        let start = position
        while position < bytes.count {
            let digit = bytes[position] &- 0x30
            guard digit < 10 else { break }
            if value != 0 || digit != 0 { count += 1 }
            if count < 19 { value = value * 10 + Int(digit) }
            position += 1
        }
        guard position > start else {
            let atEnd = position == bytes.count
            throw JSONFault(atEnd ? .endsEarly : .malformedNumber, at: position)
        }
    }

    mutating func takeExponent(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(JSONFault) {
        guard position < bytes.count else { throw JSONFault(.endsEarly, at: position) }
        let sign = bytes[position]
        if sign == 0x2B || sign == 0x2D { position += 1 }
        var written = Digits()
        try written.take(bytes, &position)
        isExponentSmall = written.count < 5
        guard isExponentSmall else { return }
        exponent += sign == 0x2D ? -written.value : written.value
    }

    /// The number, where one correctly rounded operation gives it; else nil.
    ///
    /// A value below 2^53 and a power of ten up to 10^22 are both exact as `Double`.
    var decimal: Double? {
        guard isExact, isExponentSmall, value < 1 << 53, -22...22 ~= exponent else { return nil }
        let power = Self.powers[abs(exponent)]
        return exponent < 0 ? Double(value) / power : Double(value) * power
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
