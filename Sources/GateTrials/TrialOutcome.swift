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

    /// Looks at every scrape until the rule fails or the time is over; a pass ends nothing, since a bake
    /// that lasts longer goes on looking.
    package init(_ rule: TrialRule, in scenario: TrialScenario, runs: Int) {
        self.runs = runs
        for seed in 0..<UInt64(runs) {
            var traffic = TrialTraffic(scenario, seed: seed)
            var passed = false
            var isOver = false
            for _ in 0..<Int(TrialScenario.longest / TrialScenario.scrape) where !isOver {
                traffic.goOn()
                // Gates wait for two scrapes.
                guard traffic.looks.count >= 2 else { continue }
                switch rule.ruling(traffic.looks, share: scenario.weight) {
                case .fail:
                    failed += 1
                    isOver = true
                case .pass: passed = true
                case .notEnough: break
                }
            }
            if !isOver, !passed { undecided += 1 }
            hurt.append(traffic.looks.last?.candidate.failures ?? 0)
        }
        hurt.sort()
    }

    package var falseAlarms: Double { runs > 0 ? Double(failed) / Double(runs) : 0 }

    /// Of the requests hurt.
    package func quantile(_ part: Double) -> Double {
        hurt.isEmpty ? 0 : hurt[min(hurt.count - 1, Int(part * Double(hurt.count)))]
    }
}
