import MetricsGate
import Testing

@testable import GateTrials

/// A small part of what docs/EVIDENCE.md says of equal false rollbacks.
@Suite struct FrontierTests {
    private static let runs = 100

    private static func frontier(
        _ weight: Double, _ load: Double, _ ours: SequentialRule = SequentialRule(),
        others: [Frontier.Family] = Frontier.others, runs: Int = runs
    ) -> Frontier {
        Frontier(weight: weight, requestsPerSecond: load, ours: [ours], others: others, runs: runs)
    }

    private static let half = frontier(0.5, 20)

    /// No setting of any other rule errs as seldom as the default promises, over services that fail
    /// seldom and often, worse by the hour and in bursts, and hurts fewer of a bad candidate's requests.
    @Test(arguments: [(0.01, 20.0), (0.01, 2000), (0.5, 20)])
    func noneOfTheOthersIsBetter(weight: Double, load: Double) {
        let frontier = (weight, load) == (0.5, 20) ? Self.half : Self.frontier(weight, load)
        #expect(frontier.ours.mistakes(steady: false) <= 0.02)
        #expect(frontier.losses(mistakes: 0.02) == [])
        // Somebody was there to lose: rules that err as seldom.
        #expect(frontier.best(of: 1, against: 0, mistakes: 0.02) != nil)
        #expect(frontier.best(of: 2, against: 0, mistakes: 0.02) != nil)
    }

    /// A gate that asks for a thousand times as much evidence loses: the comparison sees it.
    @Test func aTimidGateIsFoundOut() {
        var timid = SequentialRule()
        timid.falseAlarms = 1e-12
        #expect(Self.frontier(0.5, 20, timid, runs: 40).losses(mistakes: 0.02) != [])
    }

    /// So does a bold one.
    @Test func aBoldGateErrs() {
        var bold = SequentialRule()
        bold.falseAlarms = 0.5
        let alone = Self.frontier(0.5, 20, bold, others: [], runs: 60)
        #expect(alone.ours.mistakes(steady: false) > 0.02)
    }

    /// Where the service's rate is known and does not move, a bound may do better: the page says so.
    @Test func aTunedBoundIsQuickerAgainstWhatItIsTunedTo() {
        let losses = Self.half.losses(mistakes: 0.02, steady: true)
        #expect(losses.contains { $0.service.candidate == 0.05 })
    }
}
