package import MetricsSources

/// How many requests users send.
package enum UsersLoad {
    /// A second, over the last ten minutes, to all versions of a service together.
    package static func perSecond(of scope: GateScope, by source: PrometheusSource)
        async throws(MetricsError) -> Double
    {
        let counter = QueryText.counter(nil, scope: scope)
        return try await source.reading(of: "sum(rate(\(counter)[10m]))").value
    }
}
