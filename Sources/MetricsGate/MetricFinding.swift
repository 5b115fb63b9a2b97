internal import CanaryEngine
internal import Statistics

/// One metric of both versions: whether it moved, and how far.
struct MetricFinding {
    enum Answer: Hashable {
        case fine
        case moved(String)
        case unknown(String)
    }

    let metric: DistributionRule.Metric
    let answer: Answer
    let measures: [Measure]

    init(
        metric: DistributionRule.Metric, rule: DistributionRule, candidate: [Double],
        stable: [Double]
    ) {
        self.metric = metric
        guard let one = metric.cleaned(candidate), let other = metric.cleaned(stable) else {
            answer = .unknown("it has points that are no number")
            measures = []
            return
        }
        let needed = rule.minimumPoints
        guard min(one.count, other.count) >= needed else {
            answer = .unknown(
                "\(one.count) points of the candidate and \(other.count) of stable, it takes \(needed)"
            )
            measures = []
            return
        }
        guard let test = MannWhitneyTest(one, other),
            let shift = ShiftInterval(one, above: other, confidence: rule.confidence),
            let effects = SampleEffects(one, over: other)
        else {
            answer = .unknown("its points are not finite")
            measures = []
            return
        }
        answer = metric.answer(test, shift, stable: other.median, confidence: rule.confidence)
        measures =
            [
                Measure("\(metric.name).probability", test.probability),
                Measure("\(metric.name).shift", shift.estimate),
                Measure("\(metric.name).shiftAtLeast", shift.lower),
                Measure("\(metric.name).shiftAtMost", shift.upper),
                Measure("\(metric.name).commonLanguage", effects.commonLanguage),
            ] + (effects.meanRatio.map { [Measure("\(metric.name).meanRatio", $0)] } ?? [])
    }

    var isFine: Bool { answer == .fine }
}

extension DistributionRule.Metric {
    /// nil where there are gaps that may not be.
    func cleaned(_ points: [Double]) -> [Double]? {
        var points = points
        switch gaps {
        case .remove: points.removeAll { !$0.isFinite }
        case .zero: points = points.map { $0.isFinite ? $0 : 0 }
        case .refuse: if !points.allSatisfy(\.isFinite) { return nil }
        }
        guard outliers == .remove, points.count >= 4 else { return points }
        let sorted = points.sorted()
        let (low, high) = (sorted.quantile(0.25), sorted.quantile(0.75))
        let fence = 3 * (high - low)
        return points.filter { low - fence <= $0 && $0 <= high + fence }
    }

    /// Moved: chance hardly brings it, and the whole interval lies beyond the tolerance.
    fileprivate func answer(
        _ test: MannWhitneyTest, _ shift: ShiftInterval, stable: Double, confidence: Double
    ) -> MetricFinding.Answer {
        guard test.probability <= 1 - confidence else { return .fine }
        let slack = tolerance * abs(stable)
        if direction != .decrease, shift.lower > slack {
            return .moved(
                "higher by \(NumberText.short(shift.estimate)) than \(NumberText.short(stable))")
        }
        if direction != .increase, shift.upper < -slack {
            return .moved(
                "lower by \(NumberText.short(-shift.estimate)) than \(NumberText.short(stable))")
        }
        return .fine
    }
}

extension [Double] {
    /// Of sorted numbers, by the straight line between neighbours.
    fileprivate func quantile(_ part: Double) -> Double {
        let place = part * Double(count - 1)
        let index = Int(place)
        let next = Swift.min(index + 1, count - 1)
        return self[index] + (self[next] - self[index]) * (place - Double(index))
    }

    fileprivate var median: Double { isEmpty ? 0 : sorted().quantile(0.5) }
}

/// What the answers are worth together.
struct ScoreCard {
    let findings: [MetricFinding]
    let rule: DistributionRule
    let samples: Int
    let lost: Int

    /// Of 100.
    var score: Double {
        rule.weights.reduce(0) { sum, group in
            let own = findings.filter { $0.metric.group == group.name }
            guard !own.isEmpty else { return sum }
            return sum + 100 * group.weight * Double(own.count { $0.isFine }) / Double(own.count)
        }
    }

    func verdict(on gate: GateSpec, over window: GateWindow) -> Verdict {
        let score = score
        let moved = findings.compactMap { finding -> String? in
            if case .moved(let how) = finding.answer {
                "\(finding.metric.name) is \(how)"
            } else {
                nil
            }
        }
        let unknown = findings.compactMap { finding -> String? in
            if case .unknown(let why) = finding.answer {
                "\(finding.metric.name): \(why)"
            } else {
                nil
            }
        }
        let measures =
            [Measure(gate.name, score), Measure("\(gate.name).samples", Double(samples))]
            + (lost > 0 ? [Measure("\(gate.name).lost", Double(lost))] : [])
            + findings.flatMap(\.measures).map { Measure("\(gate.name).\($0.name)", $0.value) }
        func say(_ ruling: Verdict.Ruling, _ sentence: String) -> Verdict {
            let rest = moved.isEmpty ? "" : " (\(moved.joined(separator: "; ")))"
            return Verdict(ruling, "\(gate.name): \(sentence)\(rest)", measures: measures)
        }
        let isCritical = findings.contains { finding in
            if case .moved = finding.answer { finding.metric.isCritical } else { false }
        }
        if isCritical, samples >= gate.minimumSamples {
            return say(.fail, "a critical metric moved")
        }
        if let first = unknown.first { return say(.notEnough, first) }
        if samples < gate.minimumSamples {
            return say(.notEnough, "\(samples) requests of users, it takes \(gate.minimumSamples)")
        }
        let shown = "score \(NumberText.short(score))"
        if score < rule.marginal {
            return say(.fail, "\(shown) is below \(NumberText.short(rule.marginal))")
        }
        if score < rule.pass {
            return say(.notEnough, "\(shown) is below \(NumberText.short(rule.pass))")
        }
        if lost > 0 { return say(.notEnough, "\(shown), but there are \(Finding.astray(lost))") }
        return say(.pass, "\(shown) is at least \(NumberText.short(rule.pass))")
    }
}
