extension JSONReading {
    /// Reads a string; stands at its opening quote.
    mutating func string(_ bytes: Span<UInt8>) throws(JSONFault) -> String {
        let start = position + 1
        var end = start
        let count = bytes.count
        while end < count {
            let byte = bytes[end]
            if byte == 0x22 {
                position = end + 1
                return try text(bytes, start..<end)
            }
            if byte == 0x5C { return try escapedString(bytes, from: start, firstEscape: end) }
            if byte < 0x20 { throw JSONFault(.controlCharacter, at: end) }
            end += 1
        }
        throw JSONFault(.endsEarly, at: end)
    }

    private func text(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONFault) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(range)))
        } catch let error {
            throw JSONFault(.malformedUTF8, at: range.lowerBound + error.byteOffsets.lowerBound)
        }
    }

    /// The slower way, for a string with a backslash in it.
    private mutating func escapedString(
        _ bytes: Span<UInt8>, from start: Int, firstEscape: Int
    ) throws(JSONFault) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(2 * (firstEscape - start) + 16)
        for index in start..<firstEscape { plain.append(bytes[index]) }
        position = firstEscape
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case 0x22:
                // Escapes are ASCII and give whole characters: valid raw means valid plain.
                _ = try text(bytes, start..<position)
                position += 1
                return String(decoding: plain, as: UTF8.self)
            case 0x5C: try escape(bytes, into: &plain)
            case 0..<0x20: throw JSONFault(.controlCharacter, at: position)
            default:
                plain.append(byte)
                position += 1
            }
        }
        throw JSONFault(.endsEarly, at: position)
    }

    private mutating func escape(
        _ bytes: Span<UInt8>, into plain: inout [UInt8]
    ) throws(JSONFault) {
        let start = position
        guard start + 1 < bytes.count else { throw JSONFault(.endsEarly, at: bytes.count) }
        position += 2
        switch bytes[start + 1] {
        case 0x22: plain.append(0x22)
        case 0x5C: plain.append(0x5C)
        case 0x2F: plain.append(0x2F)
        case 0x62: plain.append(0x08)
        case 0x66: plain.append(0x0C)
        case 0x6E: plain.append(0x0A)
        case 0x72: plain.append(0x0D)
        case 0x74: plain.append(0x09)
        case 0x75:
            let first = try codeUnit(bytes)
            var scalar = UInt32(first)
            if UTF16.isLeadSurrogate(first) {
                guard position + 1 < bytes.count, bytes[position] == 0x5C,
                    bytes[position + 1] == 0x75
                else { throw JSONFault(.loneSurrogate, at: start) }
                position += 2
                let second = try codeUnit(bytes)
                guard UTF16.isTrailSurrogate(second) else {
                    throw JSONFault(.loneSurrogate, at: start)
                }
                scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (UInt32(second) & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(scalar) else {
                throw JSONFault(.loneSurrogate, at: start)
            }
            plain.append(contentsOf: UTF8.encode(scalar)?.map { $0 } ?? [])
        default: throw JSONFault(.malformedEscape, at: start)
        }
    }

    /// Four hexadecimal digits.
    private mutating func codeUnit(_ bytes: Span<UInt8>) throws(JSONFault) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw JSONFault(.endsEarly, at: position) }
            let byte = bytes[position]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw JSONFault(.malformedEscape, at: position)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
