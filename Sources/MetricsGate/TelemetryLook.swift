package import MetricsSources

/// Whether the mesh's counters of one service arrive, and how often.
package struct TelemetryLook: Hashable, Sendable {
    /// Since the newest sample.
    package let age: Duration
    /// From sample to sample, as the last scrapes have them, or else the last five minutes; nil where
    /// there are too few.
    package let interval: Duration?
    /// What the server's clock shows, in seconds since 1970.
    package let serverTime: Double

    private static let stretch = Duration.seconds(300)

    /// nil: nothing counts requests to this service, or nobody calls it.
    package static func look(at source: PrometheusSource, _ scope: GateScope)
        async throws(MetricsError) -> TelemetryLook?
    {
        guard
            let newest = try await source.vector(of: QueryText.freshness(scope: scope)).samples
                .first
        else { return nil }
        let age = max(0, min(1e12, (newest.at - newest.value) * 1000))
        return TelemetryLook(
            age: .milliseconds(Int(age)), interval: try await pace(at: newest.at, source, scope),
            serverTime: newest.at)
    }

    private static func pace(
        at moment: Double, _ source: PrometheusSource, _ scope: GateScope
    ) async throws(MetricsError) -> Duration? {
        let near = try await interval(over: scope.scrape * 10, at: moment, source, scope)
        if let near, near <= scope.scrape * 1.5 { return near }
        let far = try await interval(over: stretch, at: moment, source, scope)
        // A series that is young has few samples in five minutes, however often it is scraped.
        if let near, let far, far > near * 2 { return near }
        return far
    }

    private static func interval(
        over stretch: Duration, at moment: Double, _ source: PrometheusSource, _ scope: GateScope
    ) async throws(MetricsError) -> Duration? {
        let counter = QueryText.counter(nil, scope: scope)
        let counts = try await source.vector(
            of: "max(count_over_time(\(counter)[\(QueryText.duration(stretch))]))", at: moment)
        let samples = counts.samples.first?.value ?? 0
        return samples >= 2 ? stretch / samples : nil
    }
}
