/// Dates as texts, without a calendar library.
package enum LabDate {
    /// RFC 3339 in UTC, whole seconds.
    package static func text(_ milliseconds: Int) -> String {
        let date = civil(milliseconds)
        return "\(pad(date.year, 4))-\(pad(date.month))-\(pad(date.day))T" + clock(date) + "Z"
    }

    /// As in an HTTP `Date` header.
    package static func header(_ milliseconds: Int) -> String {
        let date = civil(milliseconds)
        let days = floor(milliseconds, 86_400_000)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days - floor(days, 7) * 7]
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][date.month - 1]
        return "\(weekday), \(pad(date.day)) \(month) \(pad(date.year, 4)) \(clock(date)) GMT"
    }

    /// Milliseconds since 1970 of an RFC 3339 text in UTC; nil: it is none.
    package static func parse(_ text: String) -> Int? {
        let numbers = text.split { !$0.isNumber }.prefix(6).compactMap { Int($0) }
        guard numbers.count == 6, text.hasSuffix("Z") else { return nil }
        let year = numbers[1] <= 2 ? numbers[0] - 1 : numbers[0]
        let era = floor(year, 400)
        let month = numbers[1] > 2 ? numbers[1] - 3 : numbers[1] + 9
        let dayOfYear = (153 * month + 2) / 5 + numbers[2] - 1
        let yearOfEra = year - era * 400
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return ((days * 24 + numbers[3]) * 60 + numbers[4]) * 60_000 + numbers[5] * 1000
    }

    private struct Civil {
        var year = 0
        var month = 0
        var day = 0
        var second = 0
    }

    /// The proleptic Gregorian date, by counting in eras of 400 years that begin in March.
    private static func civil(_ milliseconds: Int) -> Civil {
        let seconds = floor(milliseconds, 1000)
        let days = floor(seconds, 86400)
        let shifted = days + 719_468
        let era = floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return Civil(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, second: seconds - days * 86400)
    }

    private static func clock(_ date: Civil) -> String {
        "\(pad(date.second / 3600)):\(pad(date.second / 60 % 60)):\(pad(date.second % 60))"
    }

    private static func floor(_ number: Int, _ divisor: Int) -> Int {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }

    private static func pad(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        if digits.utf8.count >= width { return digits }
        return width == 2
            ? "0" + digits : String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
