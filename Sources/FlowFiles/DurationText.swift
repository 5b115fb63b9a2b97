/// Durations and shares as people write them.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// `5m`, `30s`, `1h30m`, `500ms`: whole numbers, each unit once, the greatest first.
    package static func duration(_ text: String) -> Duration? {
        var rest = text.utf8[...]
        var next = 0
        var milliseconds = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            guard (1...9).contains(digits.count), let count = Int(String(Substring(digits))) else {
                return nil
            }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { 0x61...0x7A ~= $0 }
            rest = rest.dropFirst(letters.count)
            let name = String(Substring(letters))
            guard let unit = units.indices.dropFirst(next).first(where: { units[$0].name == name })
            else { return nil }
            next = unit + 1
            milliseconds += count * units[unit].milliseconds
        }
        return .milliseconds(milliseconds)
    }

    /// `1h30m`, `45s`, `500ms`: as it would be written.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }

    /// `20%` is 0.2; at most 10000%.
    static func share(_ text: String) -> Double? {
        guard text.hasSuffix("%") else { return nil }
        let digits = text.dropLast()
        guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 || $0 == 0x2E }),
            digits.utf8.first != 0x2E, digits.utf8.last != 0x2E,
            let percent = Double(digits), percent.isFinite, percent <= 10_000
        else { return nil }
        return percent / 100
    }
}
