internal import CanaryEngine
internal import MetricsSources

/// Error budgets.
extension MetricsJudge {
    /// Fails where one pair of windows burns too fast, the long one and the short one; passes where
    /// none does, and enough requests came.
    func burn(_ gate: GateSpec, _ rule: BurnRateRule, _ window: GateWindow, _ at: Double?)
        async throws(MetricsError) -> Verdict
    {
        var burns: [BudgetBurn] = []
        for pair in rule.windows {
            let long = window.newest(pair.long)
            // Shorter than two scrapes a window shows nothing.
            let short = window.newest(max(pair.short, scope.scrape * 2))
            if short.shortness(scope: scope) != nil { continue }
            burns.append(
                BudgetBurn(
                    long: try await rates(gate, of: scope.candidate, long, at),
                    short: try await rates(gate, of: scope.candidate, short, at),
                    spans: (long.length, short.length), factor: pair.factor,
                    budget: 1 - rule.objective))
        }
        let lost = try await lost(gate, window, at)
        let longest = burns.max { $0.spans.long < $1.spans.long }
        let counted = longest?.long.counted ?? 0
        var measures = burns.flatMap { $0.measures(gate.name) }
        measures.append(Measure("\(gate.name).samples", Double(counted)))
        if lost > 0 { measures.append(Measure("\(gate.name).lost", Double(lost))) }
        if let bad = burns.first(where: { $0.isTooFast(after: gate.minimumSamples) }) {
            return Verdict(
                .fail, "\(gate.name): the error budget burns \(bad.words)", measures: measures)
        }
        let seen = "\(counted) requests of users"
        guard let longest, counted >= gate.minimumSamples else {
            return Verdict(
                .notEnough, "\(gate.name): \(seen), it takes \(gate.minimumSamples)",
                measures: measures)
        }
        guard lost == 0 else {
            return Verdict(
                .notEnough, "\(gate.name): there are \(Finding.astray(lost)) (\(seen))",
                measures: measures)
        }
        return Verdict(
            .pass, "\(gate.name): the error budget burns \(longest.words) (\(seen))",
            measures: measures)
    }
}

/// How fast the error budget burns, over two stretches.
private struct BudgetBurn {
    let long: UsersRequests.Count
    let short: UsersRequests.Count
    let spans: (long: Duration, short: Duration)
    let factor: Double
    let budget: Double

    private func speed(_ count: UsersRequests.Count) -> Double {
        let requests = max(count.requests, count.failures)
        return requests < 1 ? 0 : count.failures / requests / budget
    }

    func isTooFast(after minimum: Int) -> Bool {
        let isEnough =
            long.counted >= minimum || long.failures / Double(minimum) / budget > factor
        return isEnough && speed(long) > factor && speed(short) > factor
    }

    var words: String {
        "\(NumberText.short(speed(long))) times as fast as it may over"
            + " \(QueryText.duration(spans.long)) and \(NumberText.short(speed(short))) times over"
            + " \(QueryText.duration(spans.short)); \(NumberText.short(factor)) is the limit"
    }

    func measures(_ name: String) -> [Measure] {
        [
            Measure("\(name).burn\(QueryText.duration(spans.long))", speed(long)),
            Measure("\(name).burn\(QueryText.duration(spans.short))", speed(short)),
        ]
    }
}
