package import MetricsSources

/// Whether the mesh's counters of one service arrive, and how often.
package struct TelemetryLook: Hashable, Sendable {
    /// Since the newest sample.
    package let age: Duration
    /// From sample to sample, as the last five minutes have them; nil where they have too few.
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
        let counter = QueryText.counter(nil, scope: scope)
        let length = QueryText.duration(stretch)
        let counts = try await source.vector(
            of: "max(count_over_time(\(counter)[\(length)]))", at: newest.at)
        let samples = counts.samples.first?.value ?? 0
        return TelemetryLook(
            age: .milliseconds(Int(max(0, min(1e12, (newest.at - newest.value) * 1000)))),
            interval: samples >= 2 ? stretch / samples : nil, serverTime: newest.at)
    }
}
