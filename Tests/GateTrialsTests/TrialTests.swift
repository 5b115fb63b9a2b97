import CanaryEngine
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

    /// What lint and plan say that it takes is what it takes, for one whose rate is like stable's.
    @Test(arguments: [(0.01, 2000.0, 0.01), (0.5, 20, 0.01), (0.1, 200, 0.001)])
    func itPassesWhenItWasSaidTo(weight: Double, load: Double, failing: Double) throws {
        var gate = GateSpec("errors", .errorRatio(codes: GateSpec.serverErrors))
        gate.rule = .sequential(SequentialRule())
        let outlook = GateOutlook(
            gate, share: weight, under: UsersLoad.Figure(perSecond: load, failing: failing),
            scrape: .seconds(15))
        let said = try #require(outlook.time) / .seconds(1)
        let scenario = TrialScenario(
            "equal", weight: weight, requestsPerSecond: load, candidate: failing, stable: failing)
        var times: [Double] = []
        for seed in 0..<41 as Range<UInt64> {
            var traffic = TrialTraffic(scenario, seed: seed)
            var ruling = Verdict.Ruling.notEnough
            while ruling != .pass, traffic.looks.count < 2000 {
                traffic.goOn()
                guard traffic.looks.count >= 2 else { continue }
                ruling = TrialRule.sequential(SequentialRule())
                    .ruling(traffic.looks, share: weight)
            }
            times.append(traffic.looks.last?.seconds ?? 0)
        }
        let median = times.sorted()[20]
        #expect((said * 0.6...said * 1.6 + 15).contains(median), "\(median) s, not \(said) s")
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
