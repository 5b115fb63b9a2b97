internal import Timekeeping

/// Reads the dates of HTTP headers: `Sun, 06 Nov 1994 08:49:37 GMT`, and no older form.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ].map { Array($0.utf8) }

    /// Milliseconds since 1970; nil for what is no such date.
    ///
    /// Every place is fixed: `ddd, dd mmm yyyy hh:mm:ss GMT`.
    static func milliseconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 29, bytes[3] == UInt8(ascii: ","),
            [4, 7, 11, 16, 25].allSatisfy({ bytes[$0] == UInt8(ascii: " ") }),
            [19, 22].allSatisfy({ bytes[$0] == UInt8(ascii: ":") }),
            bytes[26...].elementsEqual("GMT".utf8),
            let day = number(bytes[5..<7], in: 1...31),
            let month = months.firstIndex(where: { $0.elementsEqual(bytes[8..<11]) }),
            let year = number(bytes[12..<16], in: 1970...9999),
            let hour = number(bytes[17..<19], in: 0...23),
            let minute = number(bytes[20..<22], in: 0...59),
            let second = number(bytes[23..<25], in: 0...60)
        else { return nil }
        let days = CivilTime.days(year: year, month: month + 1, day: day)
        return ((days * 24 + hour) * 3600 + minute * 60 + second) * 1000
    }

    private static func number(_ digits: ArraySlice<UInt8>, in range: ClosedRange<Int>) -> Int? {
        var number = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            number = number * 10 + Int(digit - 48)
        }
        return range.contains(number) ? number : nil
    }
}
