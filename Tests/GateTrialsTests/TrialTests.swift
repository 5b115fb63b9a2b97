import MetricsGate
import Statistics
import Testing

@testable import GateTrials

/// A small part of what `theseus-sweep --evidence` shows: docs/EVIDENCE.md.
@Suite struct TrialTests {
    /// With equal versions at most 5% of the runs fail, however often the gate looks.
    @Test(arguments: TrialScenario.all(candidate: 0.01, stable: 0.01))
    func equalVersionsAreSeldomRolledBack(_ scenario: TrialScenario) {
        let outcome = TrialOutcome(.sequential(SequentialRule()), in: scenario, runs: 100)
        #expect(outcome.failed <= 5, "\(scenario.name)")
    }

    /// What strikes both versions alike is nobody's fault.
    @Test func aBadHourIsNoEvidence() {
        for scenario in TrialScenario.all(candidate: 0.01, stable: 0.01, burst: 20) {
            let outcome = TrialOutcome(.sequential(SequentialRule()), in: scenario, runs: 40)
            #expect(outcome.failed <= 3, "\(scenario.name)")
        }
    }

    /// A gate that never failed would make no mistakes.
    @Test func aBadCandidateIsFoundSoon() {
        for scenario in TrialScenario.all(candidate: 0.05, stable: 0.01) {
            let outcome = TrialOutcome(.sequential(SequentialRule()), in: scenario, runs: 30)
            let isBusy = scenario.weight * scenario.requestsPerSecond >= 10
            #expect(outcome.failed >= (isBusy ? 30 : 18), "\(scenario.name)")
        }
    }

    /// The others are simulated as they are: each finds what it is made for.
    @Test(arguments: EvidencePage.others) func othersFindWhatIsBroken(_ rule: TrialRule) {
        let broken = TrialScenario(
            "broken", weight: 0.5, requestsPerSecond: 20, candidate: 1, stable: 0.01)
        #expect(TrialOutcome(rule, in: broken, runs: 5).failed == 5)
        let perfect = TrialScenario(
            "perfect", weight: 0.5, requestsPerSecond: 20, candidate: 0, stable: 0.01)
        #expect(TrialOutcome(rule, in: perfect, runs: 5).failed == 0)
    }

    /// Rules that look at the same runs do not see each other.
    @Test func togetherIsAsAlone() {
        let scenario = TrialScenario(
            "worse", weight: 0.1, requestsPerSecond: 100, candidate: 0.03, stable: 0.01)
        let rules: [TrialRule] = [.fixed(most: 0.02), .sequential(SequentialRule())]
        let together = TrialOutcome.all(of: rules, in: scenario, runs: 10)
        #expect(together == rules.map { TrialOutcome($0, in: scenario, runs: 10) })
        #expect(together[0] != together[1])
    }

    /// What drifts ends so many times as high.
    @Test func aDriftEndsWhereItShould() {
        let scenario = TrialScenario(
            "drift", weight: 0.5, requestsPerSecond: 20, candidate: 0.01, stable: 0.01, drift: 3)
        #expect(scenario.swell(at: 0) == 1)
        #expect(scenario.swell(at: TrialScenario.longest - TrialScenario.scrape) == 3)
    }

    /// Means and variances are Poisson's, for few and for many.
    @Test(arguments: [0.3, 20, 900.0]) func requestsComeAtRandom(_ mean: Double) {
        let scenario = TrialScenario(
            "all", weight: 1, requestsPerSecond: mean / TrialScenario.scrape, candidate: 0,
            stable: 0)
        var traffic = TrialTraffic(scenario, seed: 3)
        var counts: [Double] = []
        for _ in 0..<4000 {
            let before = traffic.looks.last?.candidate.total ?? 0
            traffic.goOn()
            counts.append((traffic.looks.last?.candidate.total ?? 0) - before)
        }
        let seen = counts.reduce(0, +) / 4000
        let variance = counts.reduce(0) { $0 + ($1 - seen) * ($1 - seen) } / 4000
        #expect(abs(seen - mean) < 4 * (mean / 4000).squareRoot())
        #expect(abs(variance / mean - 1) < 0.12)
    }
}
