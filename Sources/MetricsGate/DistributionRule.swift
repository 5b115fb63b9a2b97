/// Several metrics, each compared by its numbers over time, and what their answers are worth together.
package struct DistributionRule: Hashable, Sendable {
    package struct Metric: Hashable, Sendable {
        /// Which way it must not move.
        package enum Direction: String, Hashable, Sendable, CaseIterable {
            case increase, decrease, either
        }

        package var name: String
        /// Asked for both versions, with stable's name in the place of `${candidate}`.
        package var query: String
        package var direction = Direction.increase
        /// One that fails fails them all.
        package var isCritical = false
        /// So much it may move, as a part of stable's: the middle of all differences counts.
        package var tolerance = 0.25
        package var group = ""
        package var gaps = Gaps.remove
        package var outliers = Outliers.keep

        package init(_ name: String, query: String) {
            self.name = name
            self.query = query
        }
    }

    /// What becomes of points that are no number.
    package enum Gaps: String, Hashable, Sendable, CaseIterable {
        case remove, zero, refuse
    }

    package enum Outliers: String, Hashable, Sendable, CaseIterable {
        case keep, remove
    }

    package struct Group: Hashable, Sendable {
        package var name: String
        package var weight: Double

        package init(_ name: String, weight: Double) {
            self.name = name
            self.weight = weight
        }
    }

    package var metrics: [Metric]
    /// Groups that are not named here share equally in what the others leave of 100.
    package var groups: [Group]
    /// A score from here on passes.
    package var pass: Double
    /// Below this it fails; between the two there is not enough evidence.
    package var marginal: Double
    package var confidence: Double
    /// The distance of the points.
    package var step: Duration
    /// Points that each version must show.
    package var minimumPoints: Int

    package init(
        metrics: [Metric], groups: [Group] = [], pass: Double = 95, marginal: Double = 75,
        confidence: Double = 0.98, step: Duration = .seconds(60), minimumPoints: Int = 10
    ) {
        self.metrics = metrics
        self.groups = groups
        self.pass = pass
        self.marginal = marginal
        self.confidence = confidence
        self.step = step
        self.minimumPoints = minimumPoints
    }
}

extension DistributionRule {
    func faults(_ name: String) -> [String] {
        var faults: [String] = []
        if metrics.isEmpty { faults.append("gate \(name): there are no metrics") }
        for metric in metrics where !QueryText.placeholders(in: metric.query).contains("candidate")
        {
            faults.append(
                "gate \(name): the query of \(metric.name) does not say ${candidate}:"
                    + " both versions would be the same")
        }
        for metric in metrics where !(metric.tolerance >= 0 && metric.tolerance.isFinite) {
            faults.append("gate \(name): the tolerance of \(metric.name) must be 0 or more")
        }
        if !(marginal >= 0 && marginal <= pass && pass <= 100) {
            faults.append("gate \(name): 0 ≤ marginal ≤ pass ≤ 100 must hold")
        }
        if !(confidence >= 0.5 && confidence < 1) {
            faults.append("gate \(name): confidence must lie between 50% and 100%")
        }
        if step < .seconds(1) { faults.append("gate \(name): step is below 1s") }
        if minimumPoints < 4 { faults.append("gate \(name): minimumPoints is below 4") }
        return faults + groupFaults(name)
    }

    private func groupFaults(_ name: String) -> [String] {
        var faults: [String] = []
        let known = Set(metrics.map(\.group))
        for group in groups where !known.contains(group.name) {
            faults.append("gate \(name): no metric is of the group \(group.name)")
        }
        let sum = groups.reduce(0) { $0 + $1.weight }
        let areAllNamed = known.isSubset(of: groups.map(\.name))
        if groups.contains(where: { !($0.weight > 0) }) || sum > 100
            || !areAllNamed && sum >= 100 || areAllNamed && sum <= 0 && !metrics.isEmpty
        {
            faults.append(
                "gate \(name): the groups' weights must be above 0, and 100 at most in all")
        }
        return faults
    }

    /// What each group weighs, of 1 in all.
    package var weights: [Group] {
        var names: [String] = []
        for metric in metrics where !names.contains(metric.group) { names.append(metric.group) }
        let given = groups.reduce(0) { $0 + $1.weight }
        let others = names.filter { name in !groups.contains { $0.name == name } }
        let rest = others.isEmpty ? 0 : (100 - given) / Double(others.count)
        let sum = others.isEmpty ? given : 100
        return names.map { name in
            let weight = groups.first { $0.name == name }?.weight ?? rest
            return Group(name, weight: sum > 0 ? weight / sum : 0)
        }
    }
}
