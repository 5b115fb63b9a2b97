package import CanaryEngine
internal import MetricsSources
package import Statistics

/// Both versions' failures since the weight took effect, judged so that looking often does no harm.
struct SequentialFinding {
    let candidate: UsersRequests.Count
    let stable: UsersRequests.Count
    let lost: Int
    let share: Double?

    func verdict(on gate: GateSpec, by rule: SequentialRule, over window: GateWindow) -> Verdict {
        let one = RateCount(failures: candidate.failures, of: candidate.requests)
        let other = RateCount(failures: stable.failures, of: stable.requests)
        let seen =
            "\(shown(one)) at the candidate, \(shown(other)) at stable"
            + " in \(QueryText.duration(window.length))"
        let ruling = rule.ruling(
            candidate: one, stable: other, lost: lost, share: share,
            minimumSamples: gate.minimumSamples)
        return Verdict(
            ruling, "\(gate.name): \(words(ruling, gate, rule, one, other, window)) (\(seen))",
            measures: measures(gate, one, other))
    }

    private func words(
        _ ruling: Verdict.Ruling, _ gate: GateSpec, _ rule: SequentialRule, _ one: RateCount,
        _ other: RateCount, _ window: GateWindow
    ) -> String {
        let margin = "\(NumberText.short(rule.margin * 100))%"
        switch ruling {
        case .pass: return "surely no worse than stable by \(margin)"
        case .fail:
            let isWorse = WorseRateTest(candidate: one, stable: other, share: share)
                .shows(falseAlarms: rule.falseAlarms)
            return "surely worse than stable" + (isWorse ? "" : " with \(Finding.astray(lost))")
        case .notEnough:
            if one.total < 1 || other.total < 1 {
                return "no requests of users at \(one.total < 1 ? "the candidate" : "stable") yet"
            }
            return "neither surely worse nor surely no worse by \(margin)"
                + missing(gate, rule, one, other, window)
        }
    }

    private func measures(_ gate: GateSpec, _ one: RateCount, _ other: RateCount) -> [Measure] {
        let interval = DifferenceSequence(one, less: other, confidence: 0.95)
        let name = gate.name
        return [
            Measure(name, one.rate), Measure("\(name).stable", other.rate),
            Measure("\(name).samples", Double(candidate.counted)),
            Measure("\(name).stableSamples", Double(stable.counted)),
            Measure("\(name).differenceAtLeast", interval.lower),
            Measure("\(name).differenceAtMost", interval.upper),
            Measure(
                "\(name).evidenceWorse",
                WorseRateTest(candidate: one, stable: other, share: share).evidence),
        ] + (lost > 0 ? [Measure("\(name).lost", Double(lost))] : [])
    }

    /// What keeps it from passing, and how long that lasts if requests go on to come as they do.
    private func missing(
        _ gate: GateSpec, _ rule: SequentialRule, _ one: RateCount, _ other: RateCount,
        _ window: GateWindow
    ) -> String {
        if lost > 0 { return ", and there are \(Finding.astray(lost))" }
        guard one.rate < other.rate + rule.margin,
            let needed = NoWorseRateTest.requests(
                rate: other.rate, margin: rule.margin, confidence: rule.confidence)
        else { return "" }
        let all = max(needed.rounded(.up), Double(gate.minimumSamples))
        let seconds = window.length.seconds * all / max(1, one.total)
        guard all > one.total, seconds < 1e7 else { return "" }
        return ": it takes about \(NumberText.short(all)) requests at the candidate,"
            + " so \(NumberText.short((seconds / 60).rounded(.up))) min at this pace"
    }

    private func shown(_ count: RateCount) -> String {
        "\(UsersRequests.Count.whole(count.failures.rounded())) of"
            + " \(UsersRequests.Count.whole(count.total)) failed"
    }
}

extension SequentialRule {
    /// What may be said of two versions' requests since the weight took effect.
    ///
    /// Passes first: a candidate that is surely worse, but surely by less than the margin, is one that
    /// the flow lets pass. Requests that were `lost` keep it from passing, and are taken for the
    /// candidate's where they would make it fail.
    package func ruling(
        candidate: RateCount, stable: RateCount, lost: Int = 0, share: Double?,
        minimumSamples: Int
    ) -> Verdict.Ruling {
        let isCompared = candidate.total >= 1 && stable.total >= 1
        if isCompared, lost == 0, candidate.total.rounded(.down) >= Double(minimumSamples),
            NoWorseRateTest(candidate: candidate, stable: stable, margin: margin)
                .shows(confidence: confidence)
        {
            return .pass
        }
        func isWorse(with lost: Double) -> Bool {
            let worst = RateCount(
                failures: candidate.failures + lost, of: candidate.total + lost)
            return WorseRateTest(candidate: worst, stable: stable, share: share)
                .shows(falseAlarms: falseAlarms)
        }
        return isWorse(with: 0) || lost > 0 && isWorse(with: Double(lost)) ? .fail : .notEnough
    }
}

extension SequentialRule {
    /// Of a row of windows the first takes four fifths of the false alarms, all others together the
    /// rest: 1/2, 1/6, 1/12 … of it.
    package func inWindow(_ index: Int) -> SequentialRule {
        var rule = self
        let place = Double(index)
        rule.falseAlarms *= index == 0 ? 0.8 : 0.2 / (place * (place + 1))
        return rule
    }
}
