internal import CanaryEngine

/// The same question about both versions, over the same stretch.
struct ComparisonFinding {
    let candidate: Finding
    let stable: Finding
    let lost: Int

    func verdict(on gate: GateSpec, by rule: ComparisonRule, over window: GateWindow) -> Verdict {
        let counts = (candidate.samples.counted, stable.samples.counted)
        var measures = [
            Measure("\(gate.name).samples", Double(counts.0)),
            Measure("\(gate.name).stableSamples", Double(counts.1)),
        ]
        if lost > 0 { measures.append(Measure("\(gate.name).lost", Double(lost))) }
        guard let value = candidate.value else {
            return Verdict(
                .notEnough, "\(gate.name): no requests of users at the candidate yet",
                measures: measures)
        }
        measures.insert(Measure(gate.name, value), at: 0)
        guard let other = stable.value else {
            return Verdict(
                .notEnough,
                "\(gate.name): \(NumberText.short(value)), but stable had no requests to compare with",
                measures: measures)
        }
        measures.insert(Measure("\(gate.name).stable", other), at: 1)
        let relation = rule.relation(of: value, to: other)
        let seen =
            "\(counts.0) requests of users and \(counts.1) at stable"
            + " in \(QueryText.duration(window.length))"
        let rest = ([seen] + candidate.notes).joined(separator: "; ")
        let sentence = "\(gate.name): \(NumberText.short(value)) \(relation.words)"
        if min(counts.0, counts.1) < gate.minimumSamples {
            return Verdict(
                .notEnough,
                "\(sentence), but it takes \(gate.minimumSamples) requests at each (\(rest))",
                measures: measures)
        }
        if relation.holds, lost > 0 {
            return Verdict(
                .notEnough, "\(sentence), but there are \(Finding.astray(lost)) (\(rest))",
                measures: measures)
        }
        return Verdict(
            relation.holds ? .pass : .fail, "\(sentence) (\(rest))", measures: measures)
    }
}

extension ComparisonRule {
    fileprivate func relation(of value: Double, to stable: Double) -> (holds: Bool, words: String) {
        let slack = relative * abs(stable) + absolute
        let (low, high) = (stable - slack, stable + slack)
        let shown = "stable's \(NumberText.short(stable))"
        if worse != .lower, !(value <= high) {
            return (false, "is above \(shown) by more than \(NumberText.short(slack))")
        }
        if worse != .higher, !(value >= low) {
            return (false, "is below \(shown) by more than \(NumberText.short(slack))")
        }
        return (value.isFinite, "is within \(NumberText.short(slack)) of \(shown), or better")
    }
}
