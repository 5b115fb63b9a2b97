internal import CanaryEngine
internal import Statistics

/// What came of many runs of one rule in one scenario.
package struct TrialOutcome: Hashable, Sendable {
    package var runs = 0
    /// Runs that failed at some look.
    package var failed = 0
    /// Runs that never failed, and in which the rule never passed.
    package var undecided = 0
    /// The candidate's failed requests until the rule failed, or the run was over; sorted.
    package var hurt: [Double] = []

    package init() {}

    package init(_ rule: TrialRule, in scenario: TrialScenario, runs: Int) {
        self = Self.all(of: [rule], in: scenario, runs: runs)[0]
    }

    /// Of each rule, all on the same runs.
    ///
    /// Each looks at every scrape until it fails or the time is over;
    /// a pass ends nothing, since a bake that lasts longer goes on looking.
    package static func all(
        of rules: [TrialRule], in scenario: TrialScenario, runs: Int
    ) -> [TrialOutcome] {
        var outcomes = [TrialOutcome](repeating: TrialOutcome(), count: rules.count)
        for seed in 0..<UInt64(runs) {
            var traffic = TrialTraffic(scenario, seed: seed)
            var passed = Set<Int>()
            var looking = Array(rules.indices)
            for _ in 0..<Int(TrialScenario.longest / TrialScenario.scrape) where !looking.isEmpty {
                traffic.goOn()
                // Gates wait for two scrapes.
                guard let now = traffic.looks.last, traffic.looks.count >= 2 else { continue }
                var sight = TrialSight(traffic.looks)
                looking.removeAll { place in
                    let ruling = rules[place].ruling(&sight, share: scenario.weight)
                    if ruling == .pass { passed.insert(place) }
                    guard ruling == .fail else { return false }
                    outcomes[place].failed += 1
                    outcomes[place].hurt.append(now.candidate.failures)
                    return true
                }
            }
            for place in looking {
                if !passed.contains(place) { outcomes[place].undecided += 1 }
                outcomes[place].hurt.append(traffic.looks.last?.candidate.failures ?? 0)
            }
        }
        for place in rules.indices {
            outcomes[place].runs = runs
            outcomes[place].hurt.sort()
        }
        return outcomes
    }

    package var falseAlarms: Double { runs > 0 ? Double(failed) / Double(runs) : 0 }

    package var meanHurt: Double { hurt.reduce(0, +) / Double(max(1, hurt.count)) }

    /// Of the requests hurt.
    package func quantile(_ part: Double) -> Double {
        hurt.isEmpty ? 0 : hurt[min(hurt.count - 1, Int(part * Double(hurt.count)))]
    }
}
