import Lab
import Rehearsal
import Testing

@Suite struct SweepTests {
    /// A process dies before and after each of its effects; the next one ends the run rightly.
    ///
    /// What the core of the repertoire does the sweep plays beside the tests.
    @Test func everyDeath() async throws {
        let sweep = try Sweep(try #require(Repertoire.scenario("crash-loop-in-cluster")))
        let outcome = await sweep.run(on: Lanes(2), deaths: sweep.deaths())
        #expect(outcome.plays >= 60)
        #expect(outcome.findings == [])
    }

    /// The first call of each step, verb and kind on a short way there and home.
    @Test func everyOutcomeOfACall() async throws {
        let scenario = try #require(Repertoire.scenario("abort-deploy"))
        let sweep = try CallSweep(scenario)
        let trials = sweep.trials()
        #expect(trials.count >= 14 * 20)
        let few = trials.enumerated().filter { $0.offset % 5 == 0 }.map(\.element)
        let findings = await Lanes(2).map(few) { sweep.play($0) }.compactMap { $0 ?? nil }
        #expect(findings == [])
    }

    @Test(arguments: UInt64(1)...10)
    func night(_ seed: UInt64) {
        #expect(BadNight(seed: seed).finding() == nil)
    }

    /// A seed is the whole night: what a play of it brings, every other brings too.
    @Test(arguments: [3, 54, 67] as [UInt64])
    func aNightIsTheSameTwice(_ seed: UInt64) throws {
        let first = try BadNight(seed: seed).play()
        let second = try BadNight(seed: seed).play()
        #expect(first.facts == second.facts)
        #expect(first.history == second.history)
        #expect(first.effects == second.effects)
        #expect(first.fingerprint == second.fingerprint)
    }

    /// The net has no hole where these faults would slip through.
    @Test(arguments: Sabotage.allCases)
    func everyFaultIsCaught(_ fault: Sabotage) throws {
        #expect(try MustFail(fault).complaintsWithout() == [])
        #expect(try !MustFail(fault).complaints().isEmpty)
    }
}
