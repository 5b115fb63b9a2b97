import Testing

@testable import MetricsGate

/// How long gates will need.
@Suite struct OutlookTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var gate: GateSpec
        var share = 0.1
        var load = UsersLoad.Figure(perSecond: 10, failing: 0.01)
        var need: GateOutlook.Need
        var time: Duration?
    }

    private static func gate(
        _ rule: GateRule = .range, samples: Int = 100, query: String? = nil
    ) -> GateSpec {
        var gate = GateSpec(
            "g", .errorRatio(codes: "5.."), maximum: rule == .range ? 0.1 : nil,
            minimumSamples: samples, samplesQuery: query)
        gate.rule = rule
        return gate
    }

    static let cases = [
        Case(
            testDescription: "samples", gate: gate(), need: .candidateRequests(100),
            time: .seconds(100)),
        Case(
            testDescription: "few samples", gate: gate(samples: 10), need: .scrapes,
            time: .seconds(30)),
        Case(
            testDescription: "no users", gate: gate(), share: 0, need: .candidateRequests(100),
            time: nil),
        Case(
            testDescription: "a query that counts for itself", gate: gate(query: "count"), share: 0,
            need: .scrapes, time: .seconds(30)),
        Case(
            testDescription: "beside a small stable", gate: gate(.compare(ComparisonRule())),
            share: 0.9, need: .stableRequests(100), time: .seconds(100)),
        Case(
            testDescription: "points",
            gate: gate(
                .distributions(
                    DistributionRule(metrics: [.init("m", query: "q")], minimumPoints: 10))),
            share: 1, need: .points(10, every: .seconds(60)), time: .seconds(600)),
    ]

    @Test(arguments: cases) func tells(_ one: Case) {
        let outlook = GateOutlook(
            one.gate, share: one.share, under: one.load, scrape: .seconds(15))
        #expect(outlook.need == one.need)
        #expect(outlook.time == one.time)
        #expect(outlook.countsItsOwn == (one.gate.samplesQuery != nil))
    }

    /// It takes more where both fail more often, and more where stable has to be learnt beside it.
    @Test func sequentialOnesNeedMoreOfABadService() throws {
        func requests(_ failing: Double, _ share: Double) throws -> Int {
            let outlook = GateOutlook(
                Self.gate(.sequential(SequentialRule())), share: share,
                under: UsersLoad.Figure(perSecond: 100, failing: failing), scrape: .seconds(15))
            guard case .candidateRequests(let count) = outlook.need else { return 0 }
            #expect(outlook.time == .seconds((Double(count) / (100 * share)).rounded(.up)))
            return count
        }
        let (rare, usual) = (try requests(0.001, 0.01), try requests(0.01, 0.01))
        #expect((400...700).contains(rare), "\(rare)")
        #expect((1000...1600).contains(usual), "\(usual)")
        let beside = try requests(0.01, 0.5)
        #expect(beside > usual && beside < usual * 4, "\(beside), not \(usual)")
    }
}
