package import MetricsSources

/// Looks what a version that gets no new traffic still has in flight.
///
/// The mesh tells a request only when it ends, so nothing is known of one that is still going on; but
/// where some ended just now, others may be. TCP connections are told when they open and close.
package struct DrainWatch: Sendable {
    package enum Finding: Hashable, Sendable {
        /// No request ended within two scrapes, and no connection is open.
        case quiet
        case busy(requests: Int, connections: Int)
        case blind(String)
    }

    private let source: PrometheusSource
    private let scope: GateScope

    package init(source: PrometheusSource, scope: GateScope) {
        self.source = source
        self.scope = scope
    }

    /// Looks once.
    package func look(at version: GateScope.Version) async -> Finding {
        let users = UsersRequests(
            source: source, scope: scope, window: GateWindow(sinceEffect: scope.scrape * 2))
        do {
            let instant = try await users.instant()
            let requests = try await users.count(version, at: instant).requests
            let opened = try await connections("opened", version, at: instant)
            let closed = try await connections("closed", version, at: instant)
            let open = max(0, opened - closed)
            return requests < 0.5 && open < 0.5
                ? .quiet : .busy(requests: Self.whole(requests), connections: Self.whole(open))
        } catch {
            return .blind(error.reason)
        }
    }

    /// The connections of all pods of the version, ever; 0 where there is no such metric.
    private func connections(
        _ what: String, _ version: GateScope.Version, at instant: Double
    ) async throws(MetricsError) -> Double {
        let query =
            "sum(istio_tcp_connections_\(what)_total{reporter=\"destination\","
            + "destination_workload=\"\(version.workload)\","
            + "destination_workload_namespace=\"\(scope.namespace)\"})"
        let samples = try await source.vector(of: query, at: instant).samples
        return samples.reduce(0) { $0 + ($1.value.isFinite ? $1.value : 0) }
    }

    private static func whole(_ count: Double) -> Int { Int(min(9e15, count.rounded(.up))) }
}
