internal import Lab
package import Statistics

/// Users' requests at both versions, dealt at random by weight.
package struct TrialTraffic: Sendable {
    let scenario: TrialScenario
    private var dice: SeededGenerator
    /// Since the weight took effect, look by look; the newest last.
    package private(set) var looks: [TrialLook] = []

    package init(_ scenario: TrialScenario, seed: UInt64) {
        self.scenario = scenario
        dice = SeededGenerator(seed: seed &* 0x2545_F491_4F6C_DD1D &+ 7)
    }

    /// One scrape further.
    package mutating func goOn() {
        let before = looks.last ?? TrialLook()
        let seconds = TrialScenario.scrape
        let swell = scenario.swell(at: before.seconds)
        let (weight, rate) = (scenario.weight, scenario.requestsPerSecond * seconds)
        func count(_ share: Double, _ failing: Double, _ old: RateCount) -> RateCount {
            let part = min(1, failing * swell)
            let failures = dice.poisson(rate * share * part)
            let successes = dice.poisson(rate * share * (1 - part))
            return RateCount(
                failures: old.failures + failures, of: old.total + failures + successes)
        }
        looks.append(
            TrialLook(
                seconds: before.seconds + seconds,
                candidate: count(weight, scenario.candidate, before.candidate),
                stable: count(1 - weight, scenario.stable, before.stable)))
    }
}

/// All that came until one look.
package struct TrialLook: Hashable, Sendable {
    package var seconds = 0.0
    package var candidate = RateCount(failures: 0, of: 0)
    package var stable = RateCount(failures: 0, of: 0)
}
