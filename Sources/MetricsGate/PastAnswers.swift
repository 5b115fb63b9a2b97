package import MetricsSources

/// What a gate's question gave about stable, look by look, in windows of the past.
package enum PastAnswers: Hashable, Sendable {
    /// How long requests took, step by step: they can be dealt out like requests themselves.
    case latencies([LatencyCounts], quantile: Double)
    /// The answers about all of stable, since nothing smaller can be made of them: for each window its
    /// looks, nil where there was no answer.
    case whole([[Double?]])

    /// So often a window is looked at.
    static let looks = 10

    /// nil for a question whose answers are counted requests, or that another source is asked.
    package init?(
        to gate: GateSpec, about scope: GateScope, over length: Duration, windows window: Duration,
        step: Duration, endingAt end: Double, from source: PrometheusSource
    ) async throws(MetricsError) {
        guard gate.source == nil else { return nil }
        switch gate.question {
        case .errorRatio, .successRate: return nil
        case .latency(let quantile):
            let counts = try await LatencyCounts.history(
                of: scope, over: length, step: step, endingAt: end, from: source)
            self = .latencies(counts, quantile: quantile)
        case .query, .saturation, .restarts:
            let count = Int(length / window)
            var windows = [[Double?]](repeating: [], count: max(0, count))
            for look in 1...Self.looks where count > 0 {
                let part = window * look / Self.looks
                let query = QueryText.text(
                    of: gate.question, about: scope.stable, scope: scope, window: part)
                let first = end - (window * count - part).seconds
                let span = MetricsSpan(from: first, to: first + (window * (count - 1)).seconds)
                let series = try await source.series(of: query ?? "", over: span, every: window)
                if series.count > 1 {
                    throw MetricsError(
                        .severalSeries(series.prefix(3).map(\.name)), place: source.place)
                }
                for place in windows.indices {
                    let moment = first + (window * place).seconds
                    let point = series.first?.points.first { abs($0.at - moment) < 1 }
                    windows[place].append(
                        point.flatMap { $0.value.isFinite ? $0.value : nil })
                }
            }
            self = .whole(windows)
        }
    }
}

/// How many requests of one step took up to how long.
package struct LatencyCounts: Hashable, Sendable {
    /// The upper bounds of the buckets in milliseconds, rising; the last one is infinite.
    package var bounds: [Double]
    /// Requests in each bucket, and not in those below it.
    package var counts: [Double]

    package init(bounds: [Double], counts: [Double]) {
        self.bounds = bounds
        self.counts = counts
    }

    var total: Double { counts.reduce(0, +) }

    mutating func add(_ other: LatencyCounts) {
        guard other.bounds == bounds else {
            if counts.isEmpty { self = other }
            return
        }
        for place in counts.indices { counts[place] += other.counts[place] }
    }

    /// As `histogram_quantile` has it, in seconds: within a bucket requests lie evenly, and of the last
    /// one nothing but its lower bound is known.
    func value(at quantile: Double) -> Double? {
        guard total > 0, let last = counts.indices.last else { return nil }
        let rank = quantile * total
        var below = 0.0
        for place in counts.indices {
            let upTo = below + counts[place]
            if upTo >= rank, counts[place] > 0 {
                let lower = place > 0 ? bounds[place - 1] : 0
                if place == last || bounds[place].isInfinite { return lower / 1000 }
                let part = (rank - below) / counts[place]
                return (lower + (bounds[place] - lower) * part) / 1000
            }
            below = upTo
        }
        return nil
    }

    /// Step by step; steps without requests are left out.
    static func history(
        of scope: GateScope, over length: Duration, step: Duration, endingAt end: Double,
        from source: PrometheusSource
    ) async throws(MetricsError) -> [LatencyCounts] {
        let buckets = QueryText.counter(
            .of(scope.stable), scope: scope, named: "istio_request_duration_milliseconds_bucket")
        let query = "sum by (le) (increase(\(buckets)[\(QueryText.duration(step))]))"
        var rising: [Int: [(bound: Double, count: Double)]] = [:]
        var from = end - length.seconds
        while from < end {
            let to = min(end, from + step.seconds * 5000)
            let span = MetricsSpan(from: from, to: to)
            for series in try await source.series(of: query, over: span, every: step) {
                guard let bound = bound(in: series.name) else { continue }
                for point in series.points where point.value.isFinite {
                    let moment = UsersRequests.Count.whole(point.at)
                    rising[moment, default: []].append((bound, max(0, point.value)))
                }
            }
            from = to + step.seconds
        }
        return rising.sorted { $0.key < $1.key }.compactMap { _, entries in
            let sorted = entries.sorted { $0.bound < $1.bound }
            var below = 0.0
            let counts = sorted.map { entry in
                let own = max(0, entry.count - below)
                below = max(below, entry.count)
                return own.rounded()
            }
            let step = LatencyCounts(bounds: sorted.map(\.bound), counts: counts)
            return step.total > 0 ? step : nil
        }
    }

    /// Of `{le="250"}`.
    private static func bound(in name: String) -> Double? {
        guard let start = name.firstRange(of: "le=\"")?.upperBound else { return nil }
        let text = name[start...].prefix { $0 != "\"" }
        return text == "+Inf" ? .infinity : Double(text)
    }
}
