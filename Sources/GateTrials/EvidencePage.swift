package import MetricsGate

/// docs/EVIDENCE.md: how often each rule is wrong, and what that costs.
package struct EvidencePage: Sendable {
    /// How many runs stand behind each number.
    package var runs: Int
    package var ours: SequentialRule

    package init(runs: Int, ours: SequentialRule = SequentialRule()) {
        self.runs = runs
        self.ours = ours
    }

    /// The others, each with several settings: the cautious, the usual, the bold.
    package static let others: [TrialRule] = [
        .fixed(most: 0.015), .fixed(most: 0.02), .fixed(most: 0.03), .fixed(most: 0.04),
        .countedChecks(most: 0.015, failures: 3), .countedChecks(most: 0.02, failures: 5),
        .countedChecks(most: 0.03, failures: 5), .countedChecks(most: 0.04, failures: 10),
        .scored(everyMinutes: 5), .scored(everyMinutes: 15),
    ]

    /// Ours first, once with its own setting and once with a bolder one.
    var rules: [TrialRule] {
        var bold = ours
        bold.falseAlarms = 0.05
        return [.sequential(ours), .sequential(bold)] + Self.others
    }

    package var text: String {
        let equal = TrialScenario.all(candidate: 0.01, stable: 0.01)
        let burst = TrialScenario.all(candidate: 0.01, stable: 0.01, burst: 20)
        let rare = TrialScenario.all(candidate: 0.001, stable: 0.001)
        let doubled = TrialScenario.all(candidate: 0.02, stable: 0.01)
        let failing = TrialScenario.all(candidate: 0.05, stable: 0.01)
        let broken = TrialScenario.all(candidate: 1, stable: 0.01)
        let calm = [equal, burst, rare].map(outcomes)
        let bad = [doubled, failing, broken].map(outcomes)
        return """
            # Evidence: how often gates are wrong

            Written by `theseus-sweep --evidence --runs \(runs)`; do not edit it by hand. Every number comes
            of \(runs) simulated runs from seeds, so the page is the same on every machine. A run is a bake
            of half an hour: users' requests are dealt to the two versions at random by the weight,
            metrics are scraped and looked at every 15 s, and whatever a rule says, the next look
            follows; only a failure ends the run. The sequential gate is the production code with its
            default settings (`noWorseThan: 1%`, `falseAlarms: 2%`, `confidence: 95%`), and once more with
            `falseAlarms: 5%`.

            The others, as they are documented to judge: *fixed* is an error ratio over the last ten minutes
            with at least 100 requests; *checks counted* is Flagger's rule (a check a minute on that
            minute's ratio, failed ones are summed up and never forgiven, a minute without requests is
            a failed one); *scored* is Kayenta's (Mann-Whitney on the ratios minute by minute, tolerance
            0.25, confidence 0.98). All of them see the same runs.

            ## Equal versions

            Both fail 1% of their requests. The first number is how many of the runs were rolled back: all
            of them by mistake. The second is how many had not enough evidence: neither failed nor ever
            passed within half an hour.

            \(table(equal, calm[0]) { "\(Percent.text($0.falseAlarms)), \(Percent.text($0.undecidedPart))" })

            \(claim(calm[0][0]))

            ## Equal versions in a bad hour

            Both fail 1%, and for two minutes 20%: something behind both is away.

            \(alarms(burst, calm[1]))

            ## Equal versions of a service that seldom fails

            Both fail 0.1%.

            \(alarms(rare, calm[2]))

            ## The error rate doubles

            Stable fails 1%, the candidate 2%. How many of the candidate's requests failed before the
            rollback, or within the half hour where there was none: in the middle run, and in the worst
            of a hundred; and how many runs were rolled back.

            \(harm(doubled, bad[0], calm[0]))

            ## A candidate that fails 5%

            Stable fails 1%.

            \(harm(failing, bad[1], calm[0]))

            ## A candidate that always fails

            Stable fails 1%.

            \(harm(broken, bad[2], calm[0]))

            ## Altogether

            A bound that happens to lie between a good and a bad version needs no evidence, and is quick;
            the same bound misses the version that is only twice as bad, and takes a bad hour for the
            candidate's fault. So each setting is held against the default in all six tables together.

            \(altogether(equal, calm, bad))

            \(frontiers)

            ## What this does not show

            Failures here are independent of each other. Real ones come in bunches: a client that repeats
            what cannot work, a node that dies. Bunches that hit both versions alike do no harm, as
            above; bunches that hit one of them by chance are taken for its fault more often than the
            settings say. How often the rules of others err depends on bounds that somebody has to
            guess for a service; each stands here with several.
            """
    }

    // MARK: Tables

    /// For each rule, an outcome per scenario.
    private func outcomes(_ scenarios: [TrialScenario]) -> [[TrialOutcome]] {
        let found = scenarios.map { TrialOutcome.all(of: rules, in: $0, runs: runs) }
        return rules.indices.map { place in found.map { $0[place] } }
    }

    private func table(
        _ scenarios: [TrialScenario], _ outcomes: [[TrialOutcome]],
        cell: (TrialOutcome) -> String
    ) -> String {
        let head = "| rule | \(scenarios.map(\.name).joined(separator: " | ")) |"
        let line = "|---|\(scenarios.map { _ in "---" }.joined(separator: "|"))|"
        let rows = zip(rules, outcomes).map { rule, outcomes in
            "| \(rule.name) | \(outcomes.map(cell).joined(separator: " | ")) |"
        }
        return ([head, line] + rows).joined(separator: "\n")
    }

    private func alarms(_ scenarios: [TrialScenario], _ outcomes: [[TrialOutcome]]) -> String {
        table(scenarios, outcomes) {
            "\(Percent.text($0.falseAlarms)), \(Percent.text($0.undecidedPart))"
        }
    }

    private func claim(_ ours: [TrialOutcome]) -> String {
        let worst = ours.map(\.falseAlarms).max() ?? 1
        return worst <= 0.05
            ? "At every load the sequential gate rolls back at most 5% of the runs by mistake."
            : "**The sequential gate rolls back more than 5% of the runs by mistake.**"
    }

    /// Beside the numbers, which of the others is better than the default at a load, by the mistakes of
    /// `calm`.
    private func harm(
        _ scenarios: [TrialScenario], _ found: [[TrialOutcome]], _ calm: [[TrialOutcome]]
    ) -> String {
        let rows = table(scenarios, found) {
            "\(Int($0.quantile(0.5))), \(Int($0.quantile(0.99))), \(Percent.text($0.falseAlarms))"
        }
        let better = better(scenarios, [calm], [found])
        let verdict =
            better.isEmpty
            ? "None of the others has, at any load, both as few false rollbacks of equal versions and"
                + " as few requests hurt in the middle run as the sequential gate by default."
            : "Better than the sequential gate by default (as few or fewer false rollbacks of equal"
                + " versions, and as few or fewer requests hurt in the middle run, one of the two"
                + " fewer): \(better.joined(separator: ", "))."
        return "\(rows)\n\n\(verdict)"
    }

    private func altogether(
        _ scenarios: [TrialScenario], _ calm: [[[TrialOutcome]]], _ bad: [[[TrialOutcome]]]
    ) -> String {
        let better = better(scenarios, calm, bad)
        return better.isEmpty
            ? "None of the others is as good at any load: each errs more often with equal versions, or"
                + " hurts more requests of a worse one."
            : "As good in all of them, and better in one: \(better.joined(separator: ", "))."
    }

    /// Who is at a load in nothing worse than the default, and better in something.
    private func better(
        _ scenarios: [TrialScenario], _ calm: [[[TrialOutcome]]], _ bad: [[[TrialOutcome]]]
    ) -> [String] {
        var better: [String] = []
        for (place, rule) in rules.enumerated().dropFirst(2) {
            for (index, scenario) in scenarios.enumerated() {
                let mistakes = calm.map { ($0[place][index].failed, $0[0][index].failed) }
                let hurt = bad.map {
                    ($0[place][index].quantile(0.5), $0[0][index].quantile(0.5))
                }
                guard mistakes.allSatisfy({ $0.0 <= $0.1 }), hurt.allSatisfy({ $0.0 <= $0.1 }),
                    mistakes.contains(where: { $0.0 < $0.1 })
                        || hurt.contains(where: { $0.0 < $0.1 })
                else { continue }
                better.append("*\(rule.name)* at \(scenario.name)")
            }
        }
        return better
    }
}

extension TrialOutcome {
    var undecidedPart: Double { runs > 0 ? Double(undecided) / Double(runs) : 0 }
}
