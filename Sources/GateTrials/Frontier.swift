package import MetricsGate

/// What each rule's best setting costs at one load, where none may err more often than is allowed.
///
/// Every rule has one setting for all services: a team that writes a bound does not know how often its
/// service will fail tomorrow. Of the others all settings are tried.
package struct Frontier: Hashable, Sendable {
    /// How both versions fail.
    package struct Service: Hashable, Sendable {
        package var name: String
        package var stable: Double
        package var candidate: Double
        package var burst = 1.0
        package var drift = 1.0

        /// Known to fail 1%, whatever the hour.
        package var isSteady: Bool { stable == 0.01 && burst == 1 && drift == 1 }
    }

    /// One rule with all the settings that somebody might give it.
    package struct Family: Hashable, Sendable {
        package var name: String
        package var rules: [TrialRule]
    }

    /// What one setting does to all services.
    package struct Row: Hashable, Sendable {
        package let rule: TrialRule
        /// Rolled back by mistake: a part of the runs for each of `equal`.
        package let mistakes: [Double]
        /// Requests hurt in the mean, for each of `worse`.
        package let hurt: [Double]

        /// The most mistakes, among all services or the steady one alone.
        package func mistakes(steady: Bool) -> Double {
            zip(Frontier.equal, mistakes).filter { !steady || $0.0.isSteady }.map(\.1).max() ?? 1
        }
    }

    /// Equal versions.
    package static let equal = [
        Service(name: "0.1%", stable: 0.001, candidate: 0.001),
        Service(name: "1%", stable: 0.01, candidate: 0.01),
        Service(name: "3%", stable: 0.03, candidate: 0.03),
        Service(name: "1%, by the end 3%", stable: 0.01, candidate: 0.01, drift: 3),
        Service(name: "1%, for two minutes 20%", stable: 0.01, candidate: 0.01, burst: 20),
    ]

    /// Twice as bad, 5% and all.
    package static let worse = [
        Service(name: "1%, 2%", stable: 0.01, candidate: 0.02),
        Service(name: "3%, 6%", stable: 0.03, candidate: 0.06),
        Service(name: "0.1%, 5%", stable: 0.001, candidate: 0.05),
        Service(name: "1%, 5%", stable: 0.01, candidate: 0.05),
        Service(name: "1%, 100%", stable: 0.01, candidate: 1),
    ]

    private static let bounds = [
        0.012, 0.015, 0.018, 0.02, 0.022, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05, 0.055, 0.06, 0.07,
        0.08, 0.09, 0.1, 0.12, 0.15,
    ]

    package static let others = [
        Family(name: "fixed", rules: bounds.map { .fixed(most: $0) }),
        Family(
            name: "checks counted",
            rules: [1, 2, 3, 5, 10].flatMap { failures in
                bounds.map { .countedChecks(most: $0, failures: failures) }
            }),
        Family(name: "scored", rules: [1, 2, 5, 10, 15].map { .scored(everyMinutes: $0) }),
    ]

    package let weight: Double
    package let requestsPerSecond: Double
    /// Ours first, then `others`.
    package let families: [Family]
    private let rows: [[Row]]

    /// `ours`: the first is the one to be held against others.
    package init(
        weight: Double, requestsPerSecond: Double, ours: [SequentialRule],
        others: [Family] = Frontier.others, runs: Int
    ) {
        self.weight = weight
        self.requestsPerSecond = requestsPerSecond
        families = [Family(name: "sequential", rules: ours.map { .sequential($0) })] + others
        let rules = families.flatMap(\.rules)
        func outcomes(_ service: Service) -> [TrialOutcome] {
            let scenario = TrialScenario(
                service.name, weight: weight, requestsPerSecond: requestsPerSecond,
                candidate: service.candidate, stable: service.stable, burst: service.burst,
                drift: service.drift)
            return TrialOutcome.all(of: rules, in: scenario, runs: runs)
        }
        let equal = Self.equal.map(outcomes)
        let worse = Self.worse.map(outcomes)
        var all = rules.indices.map { place in
            Row(
                rule: rules[place], mistakes: equal.map { $0[place].falseAlarms },
                hurt: worse.map { $0[place].meanHurt })
        }[...]
        rows = families.map { family in
            defer { all = all.dropFirst(family.rules.count) }
            return Array(all.prefix(family.rules.count))
        }
    }

    package var name: String { "\(Percent.text(weight)) of \(Int(requestsPerSecond))/s" }

    /// The one that is held against others.
    package var ours: Row { rows[0][0] }

    /// The setting of a family that hurts fewest of one candidate's requests, chosen when all is over.
    ///
    /// Of those that err no more often than that; nil: every setting errs more often.
    package func best(
        of family: Int, against worse: Int, mistakes limit: Double, steady: Bool = false
    ) -> Row? {
        rows[family].filter { $0.mistakes(steady: steady) <= limit }
            .min { $0.hurt[worse] < $1.hurt[worse] }
    }

    /// The setting that is best against all candidates together.
    package func best(of family: Int, mistakes limit: Double) -> Row? {
        rows[family].filter { $0.mistakes(steady: false) <= limit }
            .min { time($0) < time($1) }
    }

    /// How long the candidates go on, in the mean: 1 is until the first look.
    package func time(_ row: Row) -> Double {
        let first = TrialScenario.scrape * 2 * weight * requestsPerSecond
        let times = zip(Self.worse, row.hurt).map { $1 / (first * $0.candidate) }
        return times.reduce(0, +) / Double(times.count)
    }

    /// Where another family does better than ours, though none errs more often than that.
    package struct Loss: Hashable, Sendable {
        package let service: Service
        package let rule: TrialRule
        package let theirs: Double
        package let ours: Double
    }

    package func losses(mistakes limit: Double, steady: Bool = false) -> [Loss] {
        Self.worse.indices.flatMap { worse in
            families.indices.dropFirst().compactMap { family -> Loss? in
                guard !steady || Self.worse[worse].isSteady,
                    let best = best(of: family, against: worse, mistakes: limit, steady: steady),
                    best.hurt[worse] < ours.hurt[worse]
                else { return nil }
                return Loss(
                    service: Self.worse[worse], rule: best.rule, theirs: best.hurt[worse],
                    ours: ours.hurt[worse])
            }
        }
    }
}
