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
        let burst = scenario.burst(at: before.seconds)
        let (weight, rate) = (scenario.weight, scenario.requestsPerSecond * seconds)
        func count(_ share: Double, _ failing: Double, _ old: RateCount) -> RateCount {
            let part = min(1, failing * burst)
            let failures = poisson(rate * share * part)
            let successes = poisson(rate * share * (1 - part))
            return RateCount(
                failures: old.failures + failures, of: old.total + failures + successes)
        }
        looks.append(
            TrialLook(
                seconds: before.seconds + seconds,
                candidate: count(weight, scenario.candidate, before.candidate),
                stable: count(1 - weight, scenario.stable, before.stable)))
    }

    /// How many come where so many are to be expected.
    private mutating func poisson(_ mean: Double) -> Double {
        if mean <= 0 { return 0 }
        return mean < 30 ? small(mean) : large(mean)
    }

    /// Multiplies until it falls below e^−mean.
    private mutating func small(_ mean: Double) -> Double {
        let limit = PoissonNumbers.exponential(-mean)
        var product = dice.fraction()
        var count = 0.0
        while product > limit {
            product *= dice.fraction()
            count += 1
        }
        return count
    }

    /// Hörmann's transformed rejection (PTRS, 1993).
    private mutating func large(_ mean: Double) -> Double {
        let b = 0.931 + 2.53 * mean.squareRoot()
        let a = -0.059 + 0.02483 * b
        let inverse = 1.1239 + 1.1328 / (b - 3.4)
        let accept = 0.9277 - 3.6224 / (b - 2)
        while true {
            let u = dice.fraction() - 0.5
            let v = dice.fraction()
            let us = 0.5 - abs(u)
            let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
            if us >= 0.07, v <= accept { return k }
            if k < 0 || (us < 0.013 && v > us) { continue }
            let left = PoissonNumbers.logarithm(v * inverse / (a / (us * us) + b))
            if left <= k * PoissonNumbers.logarithm(mean) - mean - PoissonNumbers.logFactorial(k) {
                return k
            }
        }
    }
}

/// All that came until one look.
package struct TrialLook: Hashable, Sendable {
    package var seconds = 0.0
    package var candidate = RateCount(failures: 0, of: 0)
    package var stable = RateCount(failures: 0, of: 0)
}
