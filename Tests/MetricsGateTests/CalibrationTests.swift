import CanaryEngine
import Lab
import MetricsSources
import Statistics
import Testing

@testable import MetricsGate

/// Gates that are played on stable's own past.
@Suite struct CalibrationTests {
    /// A day, minute by minute: 1% fails, and for five minutes every two hours a tenth.
    private static let history = StableHistory(
        step: .seconds(60),
        counts: (0..<1440).map { minute in
            RateCount(failures: minute % 120 < 5 ? 120 : 12, of: 1200)
        })

    private static func gate(_ rule: GateRule = .range, maximum: Double? = nil) -> GateSpec {
        var gate = GateSpec("g", .errorRatio(codes: "5.."), maximum: maximum)
        gate.rule = rule
        return gate
    }

    private static func outcome(_ gate: GateSpec, share: Double = 0.1) throws
        -> Calibration.Outcome
    {
        var dice = SeededGenerator(seed: 5)
        return try #require(
            Calibration(history, share: share, window: .seconds(600)).outcome(of: gate, &dice))
    }

    @Test func findsABoundThatIsTooTight() throws {
        let tight = try Self.outcome(Self.gate(maximum: 0.012))
        #expect(tight.windows == 144)
        #expect(tight.mistakes > 0.05)
        // Only in the windows where stable itself failed a tenth.
        let usual = try Self.outcome(Self.gate(maximum: 0.03))
        #expect(usual.failed >= 12 && usual.mistakes < tight.mistakes)
        #expect(try Self.outcome(Self.gate(maximum: 0.2)).failed == 0)
    }

    /// What strikes both versions is no evidence.
    @Test(arguments: [0.02, 0.1, 0.5]) func theSequentialGateSeldomErrs(share: Double) throws {
        let outcome = try Self.outcome(Self.gate(.sequential(SequentialRule())), share: share)
        #expect(outcome.mistakes <= 0.05)
    }

    @Test func comparisonsAndBudgetsArePlayedToo() throws {
        let twice = try Self.outcome(Self.gate(.compare(ComparisonRule(relative: 0.1))))
        #expect(twice.mistakes > 0.3)
        #expect(try Self.outcome(Self.gate(.compare(ComparisonRule(absolute: 0.5)))).failed == 0)
        let budget = try Self.outcome(Self.gate(.burnRate(BurnRateRule(objective: 0.995))))
        #expect((12...24).contains(budget.failed))
    }

    /// The sample is the candidate's: with few requests nothing is said.
    @Test func fewRequestsStayWithoutEvidence() throws {
        let few = try Self.outcome(Self.gate(maximum: 0.5), share: 0.005)
        #expect(few.undecided == few.windows)
    }

    @Test func tellsWhatItCannotPlay() {
        var dice = SeededGenerator(seed: 1)
        let calibration = Calibration(Self.history, share: 0.1, window: .seconds(600))
        let gate = GateSpec("g", .query("x"), maximum: 1)
        #expect(calibration.outcome(of: gate, &dice) == nil)
        let short = Calibration(
            StableHistory(step: .seconds(60), counts: []), share: 0.1, window: .seconds(600))
        #expect(short.outcome(of: Self.gate(maximum: 1), &dice)?.windows == 0)
    }

    @Test(arguments: [
        (gate(maximum: 0.01), "max: 0.02"),
        (gate(.compare(ComparisonRule(relative: 0.2, absolute: 1))), "relative: 40%, absolute: 2"),
        (gate(.sequential(SequentialRule())), "falseAlarms: 0.5%"),
        (gate(.burnRate(BurnRateRule(objective: 0.99))), "factors 2 times as large"),
    ])
    func namesTheMilderSetting(_ gate: GateSpec, _ setting: String) {
        let milder = gate.patient(2)
        #expect(milder.setting == setting)
        #expect(milder.gate != gate)
    }

    /// Asked minute by minute, of the Lab's Prometheus.
    @Test func historyIsRead() throws {
        let history = try LabStory.tell(weight: 10) { story in
            try await story.pass(600)
            let end = Double(story.time.date) / 1000
            return try await StableHistory(
                of: story.scope(), codes: "5..", length: .seconds(480), endingAt: end,
                from: story.source)
        }
        #expect((7...9).contains(history.counts.count))
        #expect(history.counts.allSatisfy { $0.total > 10 && $0.rate < 0.05 })
    }
}
