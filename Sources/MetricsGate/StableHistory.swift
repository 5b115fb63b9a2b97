package import MetricsSources
package import Statistics

/// Users' requests at stable, step by step, as Prometheus has kept them.
package struct StableHistory: Hashable, Sendable {
    package let step: Duration
    /// The oldest first; steps of which nothing is known are left out.
    package let counts: [RateCount]

    package init(step: Duration, counts: [RateCount]) {
        self.step = step
        self.counts = counts
    }

    /// Asks in parts: a server refuses more than 11,000 points at once.
    package init(
        of scope: GateScope, codes: String, length: Duration, endingAt end: Double,
        from source: PrometheusSource
    ) async throws(MetricsError) {
        // A step shows growth where two scrapes fall into it.
        let step = max(.seconds(60), scope.scrape * 4)
        func series(_ requests: QueryText.Requests, _ span: MetricsSpan)
            async throws(MetricsError) -> [Int: Double]
        {
            let counter = QueryText.counter(requests, scope: scope)
            let query = "sum(increase(\(counter)[\(QueryText.duration(step))]))"
            var found: [Int: Double] = [:]
            for series in try await source.series(of: query, over: span, every: step) {
                for point in series.points where point.value.isFinite && point.value >= 0 {
                    found[UsersRequests.Count.whole(point.at)] = point.value.rounded()
                }
            }
            return found
        }
        var counts: [RateCount] = []
        var from = end - length.seconds
        while from < end {
            let to = min(end, from + step.seconds * 5000)
            let span = MetricsSpan(from: from, to: to)
            let all = try await series(.of(scope.stable), span)
            let failed = try await series(.failed(scope.stable, codes: codes), span)
            for (at, requests) in all.sorted(by: { $0.key < $1.key }) {
                counts.append(RateCount(failures: failed[at] ?? 0, of: requests))
            }
            from = to + step.seconds
        }
        self.init(step: step, counts: counts)
    }
}
