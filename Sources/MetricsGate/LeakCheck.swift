internal import CanaryEngine
package import MetricsSources

/// Looks for requests at a candidate that ought to be dark, while no test of ours runs.
///
/// Whoever comes then is not ours. Metrics do not say whether a request matched: people who use the
/// dark match are found here as well, so whoever asks must know which workloads may come.
package struct LeakCheck: Sendable {
    /// A workload that reached the candidate.
    package struct Leak: Hashable, Sendable, CustomStringConvertible {
        package let namespace: String
        package let workload: String
        package let requests: Int

        package var description: String {
            guard workload == Leak.unknown else {
                return "\(requests) from \(namespace)/\(workload)"
            }
            return "\(requests) from unknown (no proxy tells who, so it may be a scraper)"
        }

        /// What the metrics say where the sender has no proxy.
        static let unknown = "unknown"
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

    /// Looks once at the last `window`; `visitors` are workloads that may come, as `name` or as
    /// `namespace/name`.
    ///
    /// The candidate itself may always come.
    package func look(over window: Duration, visitors: [String] = []) async -> Finding {
        let users = UsersRequests(
            source: source, scope: scope, window: GateWindow(sinceEffect: window))
        if let shortness = users.shortness { return .blind(shortness) }
        do throws(MetricsError) {
            var tally = SourceTally()
            let query = QueryText.arrivals(scope: scope, window: window)
            let instant = try await users.instant()
            for sample in try await source.vector(of: query, at: instant).samples {
                guard sample.value.isFinite else {
                    throw MetricsError(
                        sample.value.isNaN ? .notANumber : .infinite, place: source.place)
                }
                tally.add(sample)
            }
            let own = "\(scope.namespace)/\(scope.candidate.workload)"
            let leaks = tally.leaks(besides: visitors + [own])
            return leaks.isEmpty ? .dark : .leaks(leaks)
        } catch {
            return .blind(error.reason)
        }
    }
}

/// Requests at the candidate by who sent them.
private struct SourceTally {
    private struct Entry {
        let namespace: String
        let workload: String
        var requests: Double
    }

    private var entries: [Entry] = []

    /// The same requests may be reported by both ends: the greater number holds.
    ///
    /// A sender without a proxy reports nothing: only the candidate's own can have met him.
    mutating func add(_ sample: InstantVector.Sample) {
        let unknown = LeakCheck.Leak.unknown
        let namespace = sample.labels["source_workload_namespace"] ?? unknown
        let workload = sample.labels["source_workload"] ?? unknown
        guard workload != unknown || sample.labels["reporter"] == "destination" else { return }
        if let known = entries.firstIndex(where: {
            $0.namespace == namespace && $0.workload == workload
        }) {
            entries[known].requests = max(entries[known].requests, sample.value)
        } else {
            entries.append(
                Entry(namespace: namespace, workload: workload, requests: sample.value))
        }
    }

    func leaks(besides visitors: [String]) -> [LeakCheck.Leak] {
        entries
            .filter { entry in
                entry.requests >= 0.5 && !visitors.contains(entry.workload)
                    && !visitors.contains("\(entry.namespace)/\(entry.workload)")
            }
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
