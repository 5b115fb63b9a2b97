/// Durations as people write them in a world file: `500ms`, `3s`, `2m`, `1h`.
package enum LabTime {
    /// nil: no such text, or longer than some three hundred years.
    package static func duration(_ text: String) -> Duration? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number) else { return nil }
        let unit: Double
        switch text.dropFirst(number.count) {
        case "ms": unit = 1
        case "s", "": unit = 1000
        case "m": unit = 60_000
        case "h": unit = 3_600_000
        default: return nil
        }
        let milliseconds = value * unit
        guard milliseconds < 1e13 else { return nil }
        return .milliseconds(Int(milliseconds))
    }
}
