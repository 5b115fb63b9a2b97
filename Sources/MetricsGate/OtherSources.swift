package import MetricsSources

/// The sources beside Prometheus, and the date by which they are asked.
package struct OtherSources: Sendable {
    private let named: [String: any MetricsSource]
    private let now: @Sendable () -> Double

    /// `now` gives seconds since 1970.
    package init(
        _ named: [String: any MetricsSource] = [:], now: @escaping @Sendable () -> Double = { 0 }
    ) {
        self.named = named
        self.now = now
    }

    subscript(name: String) -> (any MetricsSource)? { named[name] }

    /// What the last `length` was, by our own clock: sources' answers are held against it.
    func span(_ window: GateWindow) -> MetricsSpan {
        MetricsSpan(length: window.length, endingAt: now())
    }
}

/// Counts at a source what stands behind a gate there.
struct ElsewhereSamples {
    let source: any MetricsSource
    let scope: GateScope
    let window: GateWindow
    let span: MetricsSpan

    /// Cleaned as users' requests are: of our own tests, and of the stretches that they left unknown.
    func count(_ text: String, of version: GateScope.Version)
        async throws(MetricsError) -> UsersRequests.Count
    {
        var count = UsersRequests.Count()
        let asked = scope.asking(about: version)
        func sum(_ text: String, over span: MetricsSpan) async throws(MetricsError) -> Double {
            try await self.sum(text, asked, over: span)
        }
        count.requests = try await sum(text, over: span)
        for stretch in window.leftOut(scrape: scope.scrape) {
            let part = MetricsSpan(
                from: span.to - stretch.from.seconds, to: span.to - stretch.to.seconds)
            count.requests -= try await sum(text, over: part)
        }
        window.subtract(
            isCandidate: version == scope.candidate, scrape: scope.scrape, from: &count)
        return count
    }

    private func sum(_ text: String, _ scope: GateScope, over span: MetricsSpan)
        async throws(MetricsError) -> Double
    {
        let query = QueryText.filled(text, scope: scope, window: span.length)
        do {
            return max(0, try await source.reading(of: query, over: span, as: .sum).value)
        } catch {
            if error.code == .missing { return 0 }
            throw error
        }
    }
}
