internal import CanaryEngine
internal import MetricsSources
internal import Statistics

/// Plays a gate on stable's own past: a part of stable's requests, as large as the candidate's will be,
/// is judged as if it were the candidate's, beside the rest.
///
/// Both are the same version, so that every failure is a mistake. Other than in a simulation failures
/// come as they really came. Of answers that are not made of requests no part can be dealt: each
/// window's stand for the candidate's, and for stable's those of the window before.
package struct Calibration: Sendable {
    package struct Outcome: Hashable, Sendable {
        package var windows = 0
        package var failed = 0
        /// Windows that neither failed nor had passed at their end.
        package var undecided = 0

        package var mistakes: Double { windows > 0 ? Double(failed) / Double(windows) : 0 }

        mutating func add(_ ruling: Verdict.Ruling) {
            windows += 1
            failed += ruling == .fail ? 1 : 0
            undecided += ruling == .notEnough ? 1 : 0
        }
    }

    private let history: StableHistory
    private let answers: PastAnswers?
    private let share: Double
    /// Steps that a window has.
    private let steps: Int

    /// `share`: the candidate's part of the requests.
    package init(
        _ history: StableHistory, answers: PastAnswers? = nil, share: Double, window: Duration
    ) {
        self.history = history
        self.answers = answers
        self.share = min(1, max(0, share))
        steps = max(1, UsersRequests.Count.whole(window.seconds / max(1, history.step.seconds)))
    }

    /// nil for a gate that cannot be played.
    ///
    /// Windows do not overlap. The same dice give the same outcome.
    package func outcome(of gate: GateSpec, _ dice: inout some RandomNumberGenerator) -> Outcome? {
        switch (gate.rule, gate.question) {
        case (.range, .errorRatio), (.range, .successRate), (.compare, .errorRatio),
            (.compare, .successRate), (.sequential, _), (.burnRate, _):
            break
        case (.range, _), (.compare, _): return outcome(of: gate, by: answers, &dice)
        case (.distributions, _): return nil
        }
        var outcome = Outcome()
        for start in starts(among: history.counts.count) {
            var split = SplitCounts()
            outcome.add(
                play(gate, history.counts[start..<start + steps]) { count in
                    split.add(count, share: share, &dice)
                    return ruling(on: gate, split)
                })
        }
        return outcome
    }

    /// Where windows begin; they do not overlap.
    private func starts(among count: Int) -> [Int] {
        Array(stride(from: 0, through: count - steps, by: steps))
    }

    /// What a window ends with, look by look, until one fails.
    private func play<Look>(
        _ gate: GateSpec, _ looks: some Sequence<Look>, _ ruling: (Look) -> Verdict.Ruling
    ) -> Verdict.Ruling {
        var memory = VerdictMemory(gate)
        var last = Verdict.Ruling.notEnough
        for look in looks where last != .fail {
            last = memory.hear(MetricsJudge.Judgement(Verdict(ruling(look), "")), at: .zero).ruling
        }
        return last
    }

    // MARK: Answers that are no counts

    private func outcome(
        of gate: GateSpec, by answers: PastAnswers?, _ dice: inout some RandomNumberGenerator
    ) -> Outcome? {
        switch answers {
        case nil: return nil
        case .latencies(let history, let quantile):
            var outcome = Outcome()
            for start in starts(among: history.count) {
                var candidate = LatencyCounts(bounds: [], counts: [])
                var stable = candidate
                outcome.add(
                    play(gate, history[start..<start + steps]) { counts in
                        let (part, rest) = counts.dealt(share, &dice)
                        candidate.add(part)
                        stable.add(rest)
                        return ruling(
                            on: gate, candidate.value(at: quantile), stable.value(at: quantile),
                            samples: candidate.total)
                    })
            }
            return outcome
        case .whole(let windows):
            var outcome = Outcome()
            let needsStable = gate.rule.needsStable
            for (place, looks) in windows.enumerated() where place > 0 || !needsStable {
                let before = place > 0 ? windows[place - 1] : looks
                outcome.add(
                    play(gate, looks.indices) { look in
                        ruling(
                            on: gate, looks[look], before[look],
                            samples: pace * Double(look + 1) / Double(looks.count))
                    })
            }
            return outcome
        }
    }

    /// Requests at the candidate in a whole window, on the average.
    private var pace: Double {
        guard !history.counts.isEmpty else { return 0 }
        let all = history.counts.reduce(0) { $0 + $1.total }
        return all / Double(history.counts.count) * Double(steps) * share
    }

    private func ruling(
        on gate: GateSpec, _ candidate: Double?, _ stable: Double?, samples: Double
    ) -> Verdict.Ruling {
        var count = UsersRequests.Count()
        count.requests = samples
        let window = GateWindow(sinceEffect: history.step * steps)
        let finding = Finding(value: candidate, samples: count)
        guard case .compare(let rule) = gate.rule else {
            return finding.verdict(on: gate, over: window).ruling
        }
        count.requests = max(samples, samples / max(0.01, share) * (1 - share))
        return ComparisonFinding(
            candidate: finding, stable: Finding(value: stable, samples: count), lost: 0
        ).verdict(on: gate, by: rule, over: window).ruling
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
    static func part(
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

extension LatencyCounts {
    /// Its requests dealt to two.
    fileprivate func dealt(
        _ share: Double, _ dice: inout some RandomNumberGenerator
    ) -> (part: LatencyCounts, rest: LatencyCounts) {
        var (part, rest) = (self, self)
        for place in counts.indices {
            part.counts[place] = SplitCounts.part(of: counts[place], share, &dice)
            rest.counts[place] = counts[place] - part.counts[place]
        }
        return (part, rest)
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
            if let maximum {
                gate.maximum = maximum * factor
                return (gate, "max: \(NumberText.short(maximum * factor))")
            }
            gate.minimum = minimum.map { $0 / factor }
            return (gate, "min: \(NumberText.short(gate.minimum ?? 0))")
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
