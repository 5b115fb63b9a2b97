internal import CanaryEngine
internal import MetricsSources

/// Several metrics' numbers over time.
extension MetricsJudge {
    func distributions(
        _ gate: GateSpec, _ rule: DistributionRule, _ window: GateWindow, _ at: Double?
    )
        async throws(MetricsError) -> Verdict
    {
        let (users, instant) = try users(window, at)
        let samples = try await users.count(scope.candidate, at: instant)
        let lost = try await users.lost(codes: gate.question.codes, at: instant)
        var findings: [MetricFinding] = []
        for metric in rule.metrics {
            let candidate = try await points(metric, gate, rule, scope.candidate, window, instant)
            let stable = try await points(metric, gate, rule, scope.stable, window, instant)
            findings.append(
                MetricFinding(metric: metric, rule: rule, candidate: candidate, stable: stable))
        }
        return ScoreCard(findings: findings, rule: rule, samples: samples.counted, lost: lost)
            .verdict(on: gate, over: window)
    }

    /// A metric's numbers of one version, the oldest first: a point every step, each about the step
    /// before it, those of which our own tests have a part left out.
    private func points(
        _ metric: DistributionRule.Metric, _ gate: GateSpec, _ rule: DistributionRule,
        _ version: GateScope.Version, _ window: GateWindow, _ instant: Double
    ) async throws(MetricsError) -> [Double] {
        let step = rule.step.seconds
        let query = QueryText.filled(
            metric.query, scope: scope.asking(about: version), window: rule.step)
        let series: [MetricsSeries]
        let end: Double
        if let name = gate.source, let other = others[name] {
            end = others.span(window).to
            let span = MetricsSpan(from: end - window.length.seconds + step, to: end)
            series = try await other.series(of: query, over: span, every: rule.step)
        } else if let source {
            end = instant
            let span = MetricsSpan(from: end - window.length.seconds + step, to: end)
            series = try await source.series(of: query, over: span, every: rule.step)
        } else {
            return []
        }
        if series.count > 1 {
            throw MetricsError(
                .severalSeries(series.prefix(3).map(\.name)), place: "metric \(metric.name)")
        }
        return (series.first?.points ?? []).filter { point in
            !window.own.contains { spell in
                let (began, ended) = (end - spell.began.seconds, end - spell.ended.seconds)
                let scrape = scope.scrape.seconds
                return spell.traffic != .none && point.at - step < ended + scrape
                    && point.at > began - scrape
            }
        }.map(\.value)
    }
}
