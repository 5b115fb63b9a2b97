internal import Timekeeping

/// Dates as the Lab's servers write and read them.
package enum LabDate {
    /// RFC 3339 in UTC, whole seconds.
    package static func text(_ milliseconds: Int) -> String { CivilTime(milliseconds).text() }

    /// As in an HTTP `Date` header.
    package static func header(_ milliseconds: Int) -> String {
        let time = CivilTime(milliseconds)
        let days = CivilTime.days(year: time.year, month: time.month, day: time.day)
        var text = weekdays[(days % 7 + 7) % 7]
        text.reserveCapacity(29)
        text += time.day < 10 ? ", 0" : ", "
        text += String(time.day)
        text += months[time.month - 1]
        text += String(time.year)
        text += " "
        text += time.clock
        text += " GMT"
        return text
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ",
        " Nov ", " Dec ",
    ]

    /// Milliseconds since 1970 of an RFC 3339 text in UTC; nil: it is none.
    package static func parse(_ text: String) -> Int? {
        let numbers = text.split { !$0.isNumber }.prefix(6).compactMap { Int($0) }
        guard numbers.count == 6, text.hasSuffix("Z") else { return nil }
        let days = CivilTime.days(year: numbers[0], month: numbers[1], day: numbers[2])
        return ((days * 24 + numbers[3]) * 60 + numbers[4]) * 60_000 + numbers[5] * 1000
    }
}
