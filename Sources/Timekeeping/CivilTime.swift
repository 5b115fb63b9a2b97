/// An instant as the Gregorian calendar and UTC name it, without a calendar library.
///
/// Counted in eras of 400 years that begin in March, so that leap days come last.
package struct CivilTime: Hashable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int
    /// Since midnight.
    package let milliseconds: Int

    package var hour: Int { milliseconds / 3_600_000 }
    package var minute: Int { milliseconds / 60_000 % 60 }
    package var second: Int { milliseconds / 1000 % 60 }

    /// `date`: milliseconds since 1970.
    package init(_ date: Int) {
        let days = Self.floor(date, 86_400_000)
        let shifted = days + 719_468
        let era = Self.floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
        milliseconds = date - days * 86_400_000
    }

    /// Days since 1970.
    package static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = floor(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// RFC 3339: `2026-01-05T12:00:00Z`, or with six digits more, as leases have them.
    package func text(micros: Bool = false) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(27)
        Self.write(year, 4, "-", to: &text)
        Self.write(month, 2, "-", to: &text)
        Self.write(day, 2, "T", to: &text)
        writeClock(to: &text)
        if micros {
            text.append(UInt8(ascii: "."))
            Self.write(milliseconds % 1000 * 1000, 6, "Z", to: &text)
        } else {
            text.append(UInt8(ascii: "Z"))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `12:00:00`.
    package var clock: String {
        var text: [UInt8] = []
        writeClock(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private func writeClock(to text: inout [UInt8]) {
        Self.write(hour, 2, ":", to: &text)
        Self.write(minute, 2, ":", to: &text)
        Self.write(second, 2, nil, to: &text)
    }

    private static func write(
        _ number: Int, _ width: Int, _ after: Unicode.Scalar?, to text: inout [UInt8]
    ) {
        var power = 1
        for _ in 1..<width { power *= 10 }
        while power > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / power % 10))
            power /= 10
        }
        if let after { text.append(UInt8(ascii: after)) }
    }

    private static func floor(_ number: Int, _ divisor: Int) -> Int {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}
