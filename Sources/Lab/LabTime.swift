/// Durations as people write them in a world file: `500ms`, `3s`, `2m`.
package enum LabTime {
    /// nil: no such text.
    package static func duration(_ text: String) -> Duration? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number) else { return nil }
        switch text.dropFirst(number.count) {
        case "ms": return .milliseconds(Int(value))
        case "s", "": return .milliseconds(Int(value * 1000))
        case "m": return .milliseconds(Int(value * 60_000))
        case "h": return .milliseconds(Int(value * 3_600_000))
        default: return nil
        }
    }
}
