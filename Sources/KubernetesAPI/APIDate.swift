internal import Timekeeping

/// Reads the dates within objects: RFC 3339, `2026-11-21T06:00:00Z`, a fraction and an offset allowed.
package enum APIDate {
    /// Milliseconds since 1970; nil for what is no such date.
    package static func milliseconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D,
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
            bytes[13] == 0x3A, bytes[16] == 0x3A,
            let year = number(bytes[0..<4], in: 1970...9999),
            let month = number(bytes[5..<7], in: 1...12),
            let day = number(bytes[8..<10], in: 1...31),
            let hour = number(bytes[11..<13], in: 0...23),
            let minute = number(bytes[14..<16], in: 0...59),
            let second = number(bytes[17..<19], in: 0...60)
        else { return nil }
        var rest = bytes[19...]
        var milliseconds = 0
        if rest.first == 0x2E {
            let digits = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !digits.isEmpty else { return nil }
            for place in 0..<3 {
                let digit = place < digits.count ? digits[digits.startIndex + place] - 48 : 0
                milliseconds = milliseconds * 10 + Int(digit)
            }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = offset(rest) else { return nil }
        let days = CivilTime.days(year: year, month: month, day: day)
        let minutes = (days * 24 + hour) * 60 + minute - offset
        return (minutes * 60 + second) * 1000 + milliseconds
    }

    /// Minutes east of Greenwich.
    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(bytes)
        switch bytes.first {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): return bytes.count == 1 ? 0 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard bytes.count == 6, bytes[3] == 0x3A,
                let hours = number(bytes[1..<3], in: 0...23),
                let minutes = number(bytes[4..<6], in: 0...59)
            else { return nil }
            return (hours * 60 + minutes) * (bytes[0] == UInt8(ascii: "-") ? -1 : 1)
        default: return nil
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>, in range: ClosedRange<Int>) -> Int? {
        guard bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let number = bytes.reduce(0) { $0 * 10 + Int($1 - 48) }
        return range.contains(number) ? number : nil
    }
}
