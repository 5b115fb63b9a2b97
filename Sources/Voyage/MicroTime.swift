/// RFC 3339 with microseconds, as leases have it.
package enum MicroTime {
    /// `date`: milliseconds since 1970.
    package static func text(_ date: Int) -> String {
        let (day, rest) = date.quotientAndRemainder(dividingBy: 86_400_000)
        let (year, month, dayOfMonth) = civil(day)
        let seconds = rest / 1000
        return [year, month, dayOfMonth].map(padded).joined(separator: "-") + "T"
            + [seconds / 3600, seconds / 60 % 60, seconds % 60].map(padded).joined(separator: ":")
            + "." + String(String(1_000_000 + rest % 1000 * 1000).dropFirst()) + "Z"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Days since 1970 to year, month and day: years are counted from March, so that leap days come last.
    private static func civil(_ days: Int) -> (Int, Int, Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        return (
            yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day
        )
    }
}
