internal import CanaryEngine
internal import MetricsSources
internal import Statistics

/// Plays a gate on stable's own past: a part of stable's requests, as large as the candidate's will be,
/// is judged as if it were the candidate's, beside the rest.
///
/// Both are the same version, so that every failure is a mistake. Other than in a simulation failures
/// come as they really came.
package struct Calibration: Sendable {
    package struct Outcome: Hashable, Sendable {
        package var windows = 0
        package var failed = 0
        /// Windows that neither failed nor had passed at their end.
        package var undecided = 0

        package var mistakes: Double { windows > 0 ? Double(failed) / Double(windows) : 0 }
    }

    private let history: StableHistory
    private let share: Double
    /// Steps that a window has.
    private let steps: Int

    /// `share`: the candidate's part of the requests.
    package init(_ history: StableHistory, share: Double, window: Duration) {
        self.history = history
        self.share = min(1, max(0, share))
        steps = max(1, UsersRequests.Count.whole(window.seconds / max(1, history.step.seconds)))
    }

    /// nil for a gate whose answers are not made of requests and failures.
    ///
    /// Windows do not overlap. The same dice give the same outcome.
    package func outcome(of gate: GateSpec, _ dice: inout some RandomNumberGenerator) -> Outcome? {
        switch (gate.rule, gate.question) {
        case (.range, .errorRatio), (.range, .successRate), (.compare, .errorRatio),
            (.compare, .successRate), (.sequential, _), (.burnRate, _):
            break
        case (.range, _), (.compare, _), (.distributions, _): return nil
        }
        var outcome = Outcome()
        var start = 0
        while start + steps <= history.counts.count {
            var memory = VerdictMemory(gate)
            var split = SplitCounts()
            var last = Verdict.Ruling.notEnough
            for count in history.counts[start..<start + steps] where last != .fail {
                split.add(count, share: share, &dice)
                let ruling = ruling(on: gate, split)
                last =
                    memory.hear(MetricsJudge.Judgement(Verdict(ruling, "")), at: .zero).ruling
            }
            outcome.windows += 1
            outcome.failed += last == .fail ? 1 : 0
            outcome.undecided += last == .notEnough ? 1 : 0
            start += steps
        }
        return outcome
    }

    private func ruling(on gate: GateSpec, _ split: SplitCounts) -> Verdict.Ruling {
        let now = split.newest(steps: Int(600 / max(1, history.step.seconds)))
        func finding(_ count: RateCount) -> Finding {
            var samples = UsersRequests.Count()
            samples.requests = count.total
            samples.failures = count.failures
            let isSuccess = if case .successRate = gate.question { true } else { false }
            var finding = Finding(
                value: count.total < 1 ? nil : isSuccess ? 1 - count.rate : count.rate,
                samples: samples)
            finding.failures = count.failures
            return finding
        }
        let window = GateWindow(sinceEffect: history.step * split.candidate.count)
        switch gate.rule {
        case .range: return finding(now.candidate).verdict(on: gate, over: window).ruling
        case .compare(let rule):
            return ComparisonFinding(
                candidate: finding(now.candidate), stable: finding(now.stable), lost: 0
            ).verdict(on: gate, by: rule, over: window).ruling
        case .sequential(let rule):
            let all = split.newest(steps: split.candidate.count)
            return rule.inWindow(0).ruling(
                candidate: all.candidate, stable: all.stable, share: share,
                minimumSamples: gate.minimumSamples)
        case .burnRate(let rule):
            func burns(_ length: Duration, _ factor: Double) -> (isFast: Bool, total: Double) {
                let steps = max(1, Int(length.seconds / max(1, history.step.seconds)))
                let count = split.newest(steps: steps).candidate
                return (count.rate / (1 - rule.objective) > factor, count.total)
            }
            var longest = 0.0
            for pair in rule.windows {
                let long = burns(pair.long, pair.factor)
                longest = max(longest, long.total)
                guard long.total >= Double(gate.minimumSamples) else { continue }
                if long.isFast, burns(pair.short, pair.factor).isFast { return .fail }
            }
            return longest >= Double(gate.minimumSamples) ? .pass : .notEnough
        case .distributions: return .notEnough
        }
    }
}

/// Stable's requests dealt to two.
private struct SplitCounts {
    private(set) var candidate: [RateCount] = []
    private(set) var stable: [RateCount] = []

    mutating func add(
        _ count: RateCount, share: Double, _ dice: inout some RandomNumberGenerator
    ) {
        let failures = Self.part(of: count.failures, share, &dice)
        let successes = Self.part(of: count.successes, share, &dice)
        candidate.append(RateCount(failures: failures, of: failures + successes))
        stable.append(
            RateCount(
                failures: count.failures - failures,
                of: count.total - failures - successes))
    }

    func newest(steps: Int) -> (candidate: RateCount, stable: RateCount) {
        func sum(_ counts: [RateCount]) -> RateCount {
            let last = counts.suffix(max(1, steps))
            return RateCount(
                failures: last.reduce(0) { $0 + $1.failures }, of: last.reduce(0) { $0 + $1.total })
        }
        return (sum(candidate), sum(stable))
    }

    /// How many of so many fall to a share of them: one by one, or by the normal distribution where
    /// there are very many.
    private static func part(
        of count: Double, _ share: Double, _ dice: inout some RandomNumberGenerator
    ) -> Double {
        let count = count.rounded()
        if count > 5000 {
            let point = NormalDistribution.quantile(Double.random(in: 0.000001..<1, using: &dice))
            let spread = (count * share * (1 - share)).squareRoot()
            return min(count, max(0, (count * share + (point ?? 0) * spread).rounded()))
        }
        return (0..<Int(max(0, count))).reduce(0.0) { sum, _ in
            sum + (Double.random(in: 0..<1, using: &dice) < share ? 1 : 0)
        }
    }
}

extension GateSpec {
    /// The same gate, so many times as patient; and the setting that makes it so.
    package func patient(_ factor: Double) -> (gate: GateSpec, setting: String) {
        var gate = self
        switch rule {
        case .range:
            if case .successRate = question {
                gate.minimum = minimum.map { 1 - (1 - $0) * factor }
                return (gate, "min: \(NumberText.short(gate.minimum ?? 0))")
            }
            gate.maximum = maximum.map { $0 * factor }
            return (gate, "max: \(NumberText.short(gate.maximum ?? 0))")
        case .compare(var rule):
            rule.relative *= factor
            rule.absolute *= factor
            gate.rule = .compare(rule)
            let parts = [
                rule.relative > 0 ? "relative: \(NumberText.short(rule.relative * 100))%" : nil,
                rule.absolute > 0 ? "absolute: \(NumberText.short(rule.absolute))" : nil,
            ]
            return (gate, parts.compactMap { $0 }.joined(separator: ", "))
        case .sequential(var rule):
            rule.falseAlarms /= factor * factor
            gate.rule = .sequential(rule)
            return (gate, "falseAlarms: \(NumberText.short(rule.falseAlarms * 100))%")
        case .burnRate(var rule):
            for index in rule.windows.indices { rule.windows[index].factor *= factor }
            gate.rule = .burnRate(rule)
            return (gate, "factors \(NumberText.short(factor)) times as large")
        case .distributions: return (gate, "")
        }
    }
}
