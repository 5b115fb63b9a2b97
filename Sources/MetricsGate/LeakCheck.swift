internal import CanaryEngine

/// Looks for requests at a candidate that ought to be dark, before it has any weight.
///
/// Metrics do not say whether a request matched: people who use the dark match are found here as
/// well, so whoever asks must know which workloads may.
package struct LeakCheck: Sendable {
    /// A workload that reached the candidate.
    package struct Leak: Hashable, Sendable {
        package let namespace: String
        package let workload: String
        package let requests: Int
    }

    package enum Finding: Hashable, Sendable {
        case dark
        /// The most requests first.
        case leaks([Leak])
        case blind(String)
    }

    private let source: PrometheusSource
    private let scope: GateScope

    package init(source: PrometheusSource, scope: GateScope) {
        self.source = source
        self.scope = scope
    }

    /// Looks once.
    ///
    /// `window` begins with the candidate. `gateways` are the workloads through which our own tests
    /// come; `expected` those that may reach the candidate as often as they like.
    package func look(
        window: GateWindow, through gateways: [String], expected: [String] = []
    ) async -> Finding {
        let users = UsersRequests(source: source, scope: scope, window: window)
        if let shortness = users.shortness { return .blind(shortness) }
        do {
            let instant = try await users.instant()
            var tally = SourceTally()
            try await tally.add(users, window.length, scope: scope, at: instant, sign: 1)
            for span in window.leftOut(scrape: scope.scrape) {
                let then = instant - span.to.seconds
                try await tally.add(users, span.length, scope: scope, at: then, sign: -1)
            }
            tally.takeAway(own(window), through: gateways)
            let leaks = tally.leaks(expected: expected)
            return leaks.isEmpty ? .dark : .leaks(leaks)
        } catch {
            return .blind(error.reason)
        }
    }

    private func own(_ window: GateWindow) -> Double {
        window.own.reduce(0) { sum, spell in
            guard case .counted(let candidate, _, _, _) = spell.traffic else { return sum }
            return sum + Double(candidate)
        }
    }
}

/// Requests at the candidate by who sent them, in the order in which the sources turned up.
private struct SourceTally {
    private struct Entry {
        let namespace: String
        let workload: String
        var requests: Double
    }

    private var entries: [Entry] = []

    mutating func add(
        _ users: UsersRequests, _ length: Duration, scope: GateScope, at instant: Double,
        sign: Double
    ) async throws(MetricsError) {
        let query = QueryText.count(
            .of(scope.candidate), by: ["source_workload", "source_workload_namespace"],
            scope: scope, window: length)
        for sample in try await users.source.vector(of: query, at: instant).samples {
            guard sample.value.isFinite else {
                throw MetricsError(
                    sample.value.isNaN ? .notANumber : .infinite, place: users.source.place)
            }
            let namespace = sample.labels["source_workload_namespace"] ?? "unknown"
            let workload = sample.labels["source_workload"] ?? "unknown"
            if let known = entries.firstIndex(where: {
                $0.namespace == namespace && $0.workload == workload
            }) {
                entries[known].requests += sign * sample.value
            } else {
                entries.append(
                    Entry(
                        namespace: namespace, workload: workload, requests: sign * sample.value))
            }
        }
    }

    /// A tenth more is taken away than was sent: Prometheus extrapolates.
    mutating func takeAway(_ own: Double, through gateways: [String]) {
        var left = own * 1.1
        for index in entries.indices where gateways.contains(entries[index].workload) {
            let taken = min(left, max(0, entries[index].requests))
            entries[index].requests -= taken
            left -= taken
        }
    }

    func leaks(expected: [String]) -> [LeakCheck.Leak] {
        entries
            .filter { $0.requests >= 0.5 && !expected.contains($0.workload) }
            .map {
                LeakCheck.Leak(
                    namespace: $0.namespace, workload: $0.workload,
                    requests: Int(min(9e15, $0.requests.rounded())))
            }
            .sorted { a, b in
                (b.requests, a.namespace, a.workload) < (a.requests, b.namespace, b.workload)
            }
    }
}
