internal import MetricsSources

extension MetricsJudge {
    /// Where fewer requests were to be expected, none is no surprise.
    private static let surprise = 10.0

    /// Why a pass would speak of users who have gone; nil where they are there, or so few come that
    /// nobody could tell.
    ///
    /// Requests that find no way to the service are counted nowhere: not by it, and at a gateway under
    /// the name of whatever host was asked. That they have ended is all that can be seen.
    func dryness(
        _ gate: GateSpec, _ window: GateWindow, _ instant: Double?
    ) async throws(MetricsError) -> String? {
        guard let source, let at = instant, gate.source == nil else { return nil }
        let newest = window.newest(scope.scrape * 4)
        let rest = window.length - newest.length - window.leftOut(scope: scope)
        guard rest >= newest.length, newest.leftOut(scope: scope) == .zero else { return nil }
        let users = UsersRequests(source: source, scope: scope, window: newest)
        let now = try await users.ofBoth(at: at)
        guard now.requests < 1, now.own == 0 else { return nil }
        let all = try await UsersRequests(source: source, scope: scope, window: window)
            .ofBoth(at: at)
        let expected = all.requests * newest.length.seconds / rest.seconds
        guard expected >= Self.surprise else { return nil }
        return "no user has come for \(QueryText.duration(newest.length)), where"
            + " \(UsersRequests.Count.whole(expected.rounded())) were to be expected"
    }
}
