internal import JSONTree

/// Points as several sources write them.
enum WirePoints {
    /// Reads pairs of a time and a value; `null` values are gaps.
    static func pairs(_ pairs: [JSONTree], timeFirst: Bool, unit: Double) throws(WireFault)
        -> [MetricsSeries.Point]
    {
        var points: [MetricsSeries.Point] = []
        points.reserveCapacity(pairs.count)
        for pair in pairs {
            guard let items = pair.items, items.count == 2,
                let time = items[timeFirst ? 0 : 1].decimal
            else { throw WireFault(.undecodable) }
            if let value = try number(items[timeFirst ? 1 : 0]) {
                points.append(MetricsSeries.Point(at: time / unit, value: value))
            }
        }
        return points
    }

    /// Reads a list of times and one of values, which must be as long.
    static func columns(_ times: JSONTree?, _ values: JSONTree?, unit: Double) throws(WireFault)
        -> [MetricsSeries.Point]
    {
        guard let times = times?.items, let values = values?.items, times.count == values.count
        else { throw WireFault(.undecodable) }
        var points: [MetricsSeries.Point] = []
        for (time, value) in zip(times, values) {
            guard let time = time.decimal else { throw WireFault(.undecodable) }
            if let value = try number(value) {
                points.append(MetricsSeries.Point(at: time / unit, value: value))
            }
        }
        return points
    }

    /// A number, or a text that is one (`"NaN"` too); nil for nothing.
    static func number(_ tree: JSONTree) throws(WireFault) -> Double? {
        switch tree {
        case .null: return nil
        case .integer, .number: return tree.decimal
        case .string(let text): return try number(text)
        case .bool: throw WireFault(.wrongType("yes or no"))
        case .array: throw WireFault(.wrongType("list"))
        case .object: throw WireFault(.wrongType("mapping"))
        }
    }

    static func number(_ text: String) throws(WireFault) -> Double {
        switch text {
        case "NaN", "nan": return .nan
        case "Infinity", "+Inf", "Inf", "inf", "+inf": return .infinity
        case "-Infinity", "-Inf", "-inf": return -.infinity
        default:
            guard let value = Double(text) else { throw WireFault(.wrongType("text")) }
            return value
        }
    }
}
