import CanaryEngine
import Chronicle
import FlowFiles
import GateTrials
import Rehearsal
import Testing

@testable import WorstDay

/// Thin deliveries are fast, and must say what whole ones do.
@Suite struct OutlookTests {
    /// The same candidate in whole deliveries, with everything that the Lab has, and in thin ones.
    @Test(arguments: [0.05, 0.25, 1])
    func thinDeliveriesAgreeWithWholeOnes(_ failing: Double) throws {
        let ground = try Played.playground("sound")
        let list = TrialList(ground)
        let plan = Outlook.thinPlan(
            of: ground, TrialList.goodDay.play(on: ground), Self.homes(ground))
        let trial = list.failing(failing)
        let whole = TrialResult(trial, trial.play(on: ground), ground.flow.plan)
        #expect(whole.end == .rolledBack)
        let thin = BlastRadius.Point(
            plan,
            ThinRun.Load(
                requestsPerSecond: ground.load, candidate: failing, stable: BlastRadius.usual),
            runs: 300, seed: 1)
        #expect(thin.rolledBack == 1)
        guard case .gate(let step, _)? = thin.noticer else {
            Issue.record("\(String(describing: thin.noticer))")
            return
        }
        #expect(whole.turned == .step(step))
        let share = whole.errors / thin.hurt(at: 0.5)
        #expect((0.7...1.4).contains(share), "\(whole.errors) whole, \(thin.hurt(at: 0.5)) thin")
    }

    /// A candidate that fails as seldom as stable is promoted by both, and takes about as long.
    @Test func goodOnesAreAlike() throws {
        let ground = try Played.playground("sound")
        let good = TrialList.goodDay.play(on: ground)
        let plan = Outlook.thinPlan(of: ground, good, [])
        let thin = BlastRadius.Point(
            plan,
            ThinRun.Load(requestsPerSecond: ground.load, candidate: 0, stable: 0), runs: 50,
            seed: 1)
        #expect(thin.rolledBack == 0)
        let shift = try #require(good.facts.first { $0.state.weight > .none })
        let last = try #require(
            good.facts.first { logged in
                if case .closing = logged.state.course { true } else { false }
            })
        let whole = Duration.milliseconds(last.date - shift.date)
        let lasted = try #require(thin.medianPromoted)
        #expect(lasted > whole * 0.8 && lasted < whole * 1.25, "\(whole) whole, \(lasted) thin")
    }

    private static func homes(_ ground: Playground) -> [TrialResult] {
        TrialList(ground).mishaps.filter { $0.what == .gateFails }.map {
            TrialResult($0, $0.play(on: ground), ground.flow.plan)
        }
    }
}
