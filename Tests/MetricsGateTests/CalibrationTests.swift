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

    // MARK: Answers that are no counts

    /// 500 steps of a minute: 99 of 100 requests under 100 ms, the others up to a second; every 50th
    /// minute half of them are slow.
    private static let latencies = (0..<500).map { minute in
        LatencyCounts(
            bounds: [100, 1000, .infinity],
            counts: minute % 50 == 0 ? [500, 500, 0] : [990, 10, 0])
    }

    private static func played(
        _ question: GateSpec.Question, _ answers: PastAnswers, share: Double = 0.1,
        _ change: (inout GateSpec) -> Void
    ) -> Calibration.Outcome? {
        var gate = GateSpec("g", question)
        change(&gate)
        var dice = SeededGenerator(seed: 3)
        return Calibration(history, answers: answers, share: share, window: .seconds(600))
            .outcome(of: gate, &dice)
    }

    @Test func latencyIsDealtOut() throws {
        func failed(_ quantile: Double, _ maximum: Double) throws -> Int {
            let answers = PastAnswers.latencies(Self.latencies, quantile: quantile)
            let outcome = try #require(
                Self.played(.latency(quantile: quantile), answers) { $0.maximum = maximum })
            #expect(outcome.windows == 50)
            return outcome.failed
        }
        #expect(try failed(0.5, 0.2) == 0)
        // The bad minutes begin ten of fifty windows.
        #expect((10...14).contains(try failed(0.9, 0.3)))
        #expect(try failed(0.99, 1.1) == 0)
    }

    /// The same requests on both sides: only chance makes them differ.
    @Test func latencyIsCompared() throws {
        let answers = PastAnswers.latencies(Self.latencies, quantile: 0.9)
        func mistakes(_ relative: Double) throws -> Double {
            try #require(
                Self.played(.latency(quantile: 0.9), answers) {
                    $0.rule = .compare(ComparisonRule(relative: relative))
                }
            ).mistakes
        }
        #expect(try mistakes(0.001) > 0.5)
        #expect(try mistakes(0.5) < 0.1)
    }

    /// As Prometheus has it.
    @Test(arguments: [
        (0.5, [10.0, 10, 0], 0.1), (0.75, [10, 10, 0], 0.55), (0.9, [0, 0, 5], 1.0),
        (0.25, [4, 0, 0], 0.025),
    ])
    func quantilesOfBuckets(_ quantile: Double, _ counts: [Double], _ value: Double) {
        let all = LatencyCounts(bounds: [100, 1000, .infinity], counts: counts)
        #expect(abs((all.value(at: quantile) ?? -1) - value) < 1e-12)
        #expect(LatencyCounts(bounds: [1], counts: [0]).value(at: 0.5) == nil)
    }

    /// What stable answered stands for the candidate, and the window before for stable.
    @Test func otherAnswersArePlayedAsTheyWere() throws {
        let windows: [[Double?]] = [[1, 1], [1, 3], [1, 1], [nil, nil]]
        let answers = PastAnswers.whole(windows)
        let range = try #require(Self.played(.restarts, answers) { $0.maximum = 2 })
        #expect((range.windows, range.failed, range.undecided) == (4, 1, 1))
        let compared = try #require(
            Self.played(.restarts, answers) { $0.rule = .compare(ComparisonRule(relative: 0.5)) })
        #expect((compared.windows, compared.failed, compared.undecided) == (3, 1, 1))
        // Too few requests would stand behind it.
        let few = try #require(Self.played(.restarts, answers, share: 0.001) { $0.maximum = 5 })
        #expect(few.undecided == 4)
    }

    /// Of the Lab's Prometheus: latencies by buckets, and a query window by window.
    @Test func answersAreRead() throws {
        let (latencies, answers) = try LabStory.tell(weight: 10) { story in
            try await story.pass(900)
            let end = Double(story.time.date) / 1000
            func past(_ question: GateSpec.Question) async throws -> PastAnswers? {
                try await PastAnswers(
                    to: GateSpec("g", question, maximum: 1), about: story.scope(),
                    over: .seconds(600), windows: .seconds(120), step: .seconds(60),
                    endingAt: end, from: story.source)
            }
            return (
                try await past(.latency(quantile: 0.5)),
                try await past(
                    .query(
                        "sum(rate(istio_requests_total{destination_version=\"${candidate}\"}[${window}]))"
                    ))
            )
        }
        guard case .latencies(let steps, _)? = latencies, case .whole(let windows)? = answers else {
            Issue.record("other answers")
            return
        }
        #expect((9...11).contains(steps.count))
        var all = LatencyCounts(bounds: [], counts: [])
        for step in steps { all.add(step) }
        #expect(all.total > 10_000)
        #expect((0.005..<0.1).contains(all.value(at: 0.5) ?? 0))
        #expect(windows.count == 5)
        #expect(windows.allSatisfy { $0.count == 10 && ($0[9] ?? 0) > 10 })
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
