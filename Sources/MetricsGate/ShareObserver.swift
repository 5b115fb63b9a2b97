package import MetricsSources

/// Looks whether the mesh shows the weight that was written.
package struct ShareObserver: Sendable {
    package enum Observation: Hashable, Sendable {
        /// The candidate's share among users' requests, and how many there were.
        case seen(share: Double, requests: Int)
        /// Too few requests, or still the old share; nil where there were none.
        case notYet(share: Double?, requests: Int)
        /// Nothing can be seen, and why.
        case blind(String)
    }

    private let source: PrometheusSource
    private let scope: GateScope

    package init(source: PrometheusSource, scope: GateScope) {
        self.source = source
        self.scope = scope
    }

    /// `old` and `new` are the candidate's shares of what the two versions get together, 0 to 1.
    ///
    /// `window` begins when the weight was written, and had better not: proxies need a moment, so a
    /// window that begins after the settling time decides sooner.
    package func seen(old: Double, new: Double, window: GateWindow) async -> Observation {
        let users = UsersRequests(source: source, scope: scope, window: window)
        if users.shortness != nil { return .notYet(share: nil, requests: 0) }
        do {
            let instant = try await users.instant()
            let candidate = try await users.count(scope.candidate, at: instant).requests
            let stable = try await users.count(scope.stable, at: instant).requests
            return Self.observe(candidate: candidate, stable: stable, old: old, new: new)
        } catch {
            return .blind(error.reason)
        }
    }

    /// The statistic alone.
    package static func observe(candidate: Double, stable: Double, old: Double, new: Double)
        -> Observation
    {
        let candidate = candidate.rounded()
        let total = candidate + stable.rounded()
        guard total >= 1 else { return .notYet(share: nil, requests: 0) }
        let share = candidate / total
        let requests = Int(min(total, 9e15))
        return ShareInterval(hits: candidate, total: total).shows(moveFrom: old, to: new)
            ? .seen(share: share, requests: requests)
            : .notYet(share: share, requests: requests)
    }
}
