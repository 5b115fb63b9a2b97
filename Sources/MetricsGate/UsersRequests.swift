internal import CanaryEngine
internal import MetricsSources

/// Counts what users sent: all requests in a window less those of our own tests.
///
/// Two rules keep our own tests from passing a gate: a test that touches the window takes all the
/// requests that it ever counted out of it, but its failures only if all of them are surely in it.
/// So the number of requests is never too great, and the candidate's failures are never too few. A test
/// that ended just before the window touches it, too: it may have been scraped only afterwards.
struct UsersRequests {
    /// Requests at one version.
    struct Count: Hashable, Sendable {
        var requests = 0.0
        var failures = 0.0
        /// Requests of our own tests that were taken out.
        var own = 0

        /// Requests, whole.
        var counted: Int { Self.whole(requests.rounded(.down)) }

        /// A server may say any number.
        static func whole(_ number: Double) -> Int {
            number.isNaN ? 0 : Int(max(0, min(9e15, number)))
        }
    }

    let source: PrometheusSource
    let scope: GateScope
    let window: GateWindow

    /// The instant that all questions of one judgement are about.
    ///
    /// Throws if the newest sample is old.
    ///
    /// `asOf` nil means the server's own now.
    func instant(staleAfter: Duration? = nil, asOf: Double? = nil) async throws(MetricsError)
        -> Double
    {
        let newest = try await source.reading(
            of: QueryText.freshness(scope: scope), at: asOf)
        let age = Duration.milliseconds(Int(max(0, min(1e12, (newest.at - newest.value) * 1000))))
        if age > staleAfter ?? scope.scrape * 4 {
            throw MetricsError(.stale(age), place: source.place)
        }
        return newest.at
    }

    /// Why the window shows nothing yet; nil where it is long enough.
    var shortness: String? { window.shortness(scope: scope) }

    /// What users sent to one version.
    func count(
        _ version: GateScope.Version, codes: String? = nil, at instant: Double
    ) async throws(MetricsError) -> Count {
        var count = Count()
        count.requests = try await counted(.of(version), at: instant)
        if let codes {
            count.failures = try await counted(.failed(version, codes: codes), at: instant)
        }
        window.subtract(
            isCandidate: version == scope.candidate, scrape: scope.scrape, from: &count)
        return count
    }

    /// What users sent to both versions together.
    func ofBoth(at instant: Double) async throws(MetricsError) -> Count {
        var count = Count()
        count.requests = try await counted(.ofBoth, at: instant)
        for isCandidate in [true, false] {
            window.subtract(isCandidate: isCandidate, scrape: scope.scrape, from: &count)
        }
        return count
    }

    /// Requests of the window, the left-out stretches taken away.
    func counted(_ requests: QueryText.Requests, at instant: Double) async throws(MetricsError)
        -> Double
    {
        try await cleaned(at: instant) { QueryText.count(requests, scope: scope, window: $0) }
    }

    /// Requests of the service that failed without a workload, those of our own tests included: by
    /// their metrics they are nobody's.
    func lost(codes: String, at instant: Double) async throws(MetricsError) -> Int {
        let lost = try await cleaned(at: instant) {
            QueryText.lost(codes: codes, scope: scope, window: $0)
        }
        return Count.whole(lost.rounded())
    }

    /// The samples of somebody's own query, cleaned like ours.
    func samples(
        _ text: String, of version: GateScope.Version, at instant: Double
    ) async throws(MetricsError) -> Count {
        var count = Count()
        let asked = scope.asking(about: version)
        count.requests = try await cleaned(at: instant) {
            QueryText.filled(text, scope: asked, window: $0)
        }
        window.subtract(
            isCandidate: version == scope.candidate, scrape: scope.scrape, from: &count)
        return count
    }

    private func cleaned(at instant: Double, _ text: (Duration) -> String)
        async throws(MetricsError) -> Double
    {
        var total = try await sum(text(window.length), at: instant)
        for span in window.leftOut(scrape: scope.scrape) {
            total -= try await sum(text(span.length), at: instant - span.to.seconds)
        }
        return max(0, total)
    }

    /// Nothing found is nothing counted: that the service's counters are there is known by now.
    private func sum(_ text: String, at instant: Double) async throws(MetricsError) -> Double {
        do {
            return try await source.reading(of: text, at: instant).value
        } catch {
            if error.code == .missing { return 0 }
            throw error
        }
    }

}

extension GateWindow {
    /// Why it shows nothing yet; nil where it is long enough.
    func shortness(scope: GateScope) -> String? {
        let needed = scope.scrape * 2
        if length < needed {
            return "the window is \(QueryText.duration(length)) long, and two scrapes take"
                + " \(QueryText.duration(needed))"
        }
        let leftOut = leftOut(scope: scope)
        if length - leftOut < needed {
            return "our own tests ran for all but \(QueryText.duration(length - leftOut))"
                + " of \(QueryText.duration(length))"
        }
        return nil
    }

    /// Takes out what our own tests sent.
    func subtract(
        isCandidate: Bool, scrape: Duration, from count: inout UsersRequests.Count
    ) {
        for spell in own {
            guard
                case .counted(let candidate, let candidateErrors, let stable, let stableErrors) =
                    spell.traffic, spell.ended <= length + scrape
            else { continue }
            let own = isCandidate ? candidate : stable
            count.own += own
            count.requests -= Double(own)
            // Surely in the window, and surely scraped. Stable's failures make a candidate look good:
            // there those of a test that may be in it are taken out, too.
            if !isCandidate || spell.began <= length && spell.ended >= scrape * 2 {
                count.failures -= Double(isCandidate ? candidateErrors : stableErrors)
            }
        }
        count.failures = max(0, count.failures)
        count.requests = max(0, count.requests)
    }

    /// How much of it is left out altogether.
    func leftOut(scope: GateScope) -> Duration {
        leftOut(scrape: scope.scrape).reduce(.zero) { $0 + $1.length }
    }

    var hasUncounted: Bool {
        own.contains { $0.traffic == .unknown && $0.ended <= length }
    }
}
