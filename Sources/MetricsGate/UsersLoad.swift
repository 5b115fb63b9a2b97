package import MetricsSources

/// How many requests users send.
package enum UsersLoad {
    /// How often stable fails where nobody says.
    package static let usuallyFailing = 0.001

    /// What is known of users beforehand.
    package struct Figure: Hashable, Sendable {
        /// Requests a second, to all versions of a service together.
        package let perSecond: Double
        /// The part of them that fails.
        package let failing: Double

        package init(perSecond: Double, failing: Double = UsersLoad.usuallyFailing) {
            self.perSecond = perSecond
            self.failing = failing
        }
    }

    /// A second, over the last ten minutes, to all versions of a service together.
    package static func perSecond(of scope: GateScope, by source: PrometheusSource)
        async throws(MetricsError) -> Double
    {
        let counter = QueryText.counter(nil, scope: scope)
        return try await source.reading(of: "sum(rate(\(counter)[10m]))").value
    }

    /// The same, and how many of stable's fail.
    package static func figure(of scope: GateScope, by source: PrometheusSource)
        async throws(MetricsError) -> Figure
    {
        let all = try await perSecond(of: scope, by: source)
        let failed = QueryText.counter(
            .failed(scope.stable, codes: GateSpec.serverErrors), scope: scope)
        let failures = try await source.reading(
            of: "sum(rate(\(failed)[10m])) or vector(0)"
        ).value
        return Figure(
            perSecond: all, failing: all > 0 ? min(1, max(0, failures / all)) : usuallyFailing)
    }
}
