/// A stretch of time, in seconds since 1970.
package struct MetricsSpan: Hashable, Sendable {
    package let from: Double
    package let to: Double

    package init(from: Double, to: Double) {
        self.from = min(from, to)
        self.to = to
    }

    package init(length: Duration, endingAt to: Double) {
        self.init(from: to - max(0, length.seconds), to: to)
    }

    package var length: Duration { .milliseconds(Int(min(1e12, (to - from) * 1000))) }
}

/// Exactly one finite number, and the instant that it is about.
package struct MetricsReading: Hashable, Sendable {
    package let value: Double
    /// Seconds since 1970.
    package let at: Double

    package init(value: Double, at: Double) {
        self.value = value
        self.at = at
    }
}

/// Numbers over time, under one name.
package struct MetricsSeries: Hashable, Sendable {
    package struct Point: Hashable, Sendable {
        /// Seconds since 1970.
        package let at: Double
        /// May be NaN or infinite.
        package let value: Double

        package init(at: Double, value: Double) {
            self.at = at
            self.value = value
        }
    }

    /// What tells it from its neighbours, as `{pod="a"}`.
    package var name: String
    /// The oldest first.
    package var points: [Point]

    package init(name: String, points: [Point]) {
        self.name = name
        self.points = points
    }
}

/// Which one number is made of the points of a stretch.
package enum MetricsReduction: String, Hashable, Sendable, CaseIterable {
    case last
    case average
    case sum
    case minimum
    case maximum

    func value(of points: [MetricsSeries.Point]) -> Double? {
        let values = points.map(\.value)
        switch self {
        case .last: return values.last
        case .average: return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        case .sum: return values.isEmpty ? nil : values.reduce(0, +)
        // Swift's `min` may pass over a NaN.
        case .minimum: return values.contains(where: \.isNaN) ? .nan : values.min()
        case .maximum: return values.contains(where: \.isNaN) ? .nan : values.max()
        }
    }
}

/// Whoever keeps metrics, and can be asked.
///
/// What is not exactly one finite, fresh and complete number is a `MetricsError`, never a value.
package protocol MetricsSource: Sendable {
    /// What it is called in sentences: `Prometheus`, `Datadog`.
    var title: String { get }

    /// One number for a stretch of time.
    func reading(of query: String, over span: MetricsSpan, as reduction: MetricsReduction)
        async throws(MetricsError) -> MetricsReading

    /// All series with their points; none is no error here.
    func series(of query: String, over span: MetricsSpan, every step: Duration)
        async throws(MetricsError) -> [MetricsSeries]
}
