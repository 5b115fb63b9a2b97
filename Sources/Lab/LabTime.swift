package enum LabTime {
    /// Of two moments, either of which may never come.
    static func earlier(_ one: Duration?, _ other: Duration?) -> Duration? {
        switch (one, other) {
        case (let one?, let other?): min(one, other)
        case (let either, nil), (nil, let either): either
        }
    }

    /// A duration as people write it in a world file: `500ms`, `3s`, `2m`, `1h`.
    ///
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
