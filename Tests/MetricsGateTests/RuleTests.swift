import CanaryEngine
import MetricsSources
import Testing

@testable import MetricsGate

private let scope = GateScope(
    namespace: "demo", service: "shop", stable: .init(label: "v1", workload: "shop-v1"),
    candidate: .init(label: "v2", workload: "shop-v2"))

/// Both versions' requests and failures, as Prometheus counts them.
struct Counts: Sendable {
    var candidate: (failures: String, all: String)
    var stable: (failures: String, all: String)
    var lost = "0"

    var rules: [ScriptedPrometheus.Rule] {
        [
            .number("destination_workload=\"unknown\"", is: lost), .fresh(),
            .number("destination_version=\"v2\",response_code", is: candidate.failures),
            .number("destination_version=\"v1\",response_code", is: stable.failures),
            .number("destination_version=\"v2\"}", is: candidate.all),
            .number("destination_version=\"v1\"}", is: stable.all),
        ]
    }
}

/// Judges beside the one with bounds.
@Suite struct RuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var gate: GateSpec
        var since: Duration = .seconds(300)
        var share: Double?
        var own: [OwnSpell] = []
        var counts: Counts
        var more: [ScriptedPrometheus.Rule] = []
        var ruling: Verdict.Ruling
        var sentence: String
        var testDescription: String { name }
    }

    private static func gate(
        _ rule: GateRule, _ question: GateSpec.Question = .errorRatio(codes: "5..")
    )
        -> GateSpec
    {
        var gate = GateSpec("g", question)
        gate.rule = rule
        return gate
    }

    private static let twice = gate(.compare(ComparisonRule(relative: 1)))
    private static let lookAgain = gate(.sequential(SequentialRule()))
    private static let budget = gate(.burnRate(BurnRateRule(objective: 0.99)))
    private static let same = Counts(candidate: ("2", "200"), stable: ("180", "18000"))

    static let compared: [Case] = [
        Case(
            name: "like stable", gate: twice, counts: same, ruling: .pass,
            sentence: "g: 0.01 is within 0.01 of stable's 0.01, or better"
                + " (200 requests of users and 18000 at stable in 300s)"),
        Case(
            name: "three times as bad", gate: twice,
            counts: Counts(candidate: ("6", "200"), stable: ("180", "18000")), ruling: .fail,
            sentence: "g: 0.03 is above stable's 0.01 by more than 0.01"
                + " (200 requests of users and 18000 at stable in 300s)"),
        Case(
            name: "too few at stable", gate: twice,
            counts: Counts(candidate: ("2", "200"), stable: ("0", "99")), ruling: .notEnough,
            sentence: "g: 0.01 is above stable's 0 by more than 0, but it takes 100 requests at"
                + " each (200 requests of users and 99 at stable in 300s)"),
        Case(
            name: "nobody at stable", gate: twice,
            counts: Counts(candidate: ("2", "200"), stable: ("0", "0")), ruling: .notEnough,
            sentence: "g: 0.01, but stable had no requests to compare with"),
        Case(
            name: "lost ones keep it from passing", gate: twice,
            counts: Counts(candidate: ("2", "200"), stable: ("180", "18000"), lost: "3"),
            ruling: .notEnough,
            sentence: "g: 0.01 is within 0.01 of stable's 0.01, or better, but there are 3 of the"
                + " service's requests that failed without a workload"
                + " (200 requests of users and 18000 at stable in 300s)"),
        Case(
            name: "a success rate may not sink",
            gate: gate(
                .compare(ComparisonRule(absolute: 0.01, worse: .lower)), .successRate(codes: "5..")),
            counts: Counts(candidate: ("10", "200"), stable: ("0", "18000")), ruling: .fail,
            sentence: "g: 0.95 is below stable's 1 by more than 0.01"
                + " (200 requests of users and 18000 at stable in 300s)"),
        Case(
            name: "somebody's own query about both",
            gate: gate(
                .compare(ComparisonRule(absolute: 1)), .query("mine{v=\"${candidate}\"}")),
            counts: same,
            more: [.number("mine{v=\"v2\"}", is: "7"), .number("mine{v=\"v1\"}", is: "6")],
            ruling: .pass,
            sentence: "g: 7 is within 1 of stable's 6, or better"
                + " (200 requests of users and 18000 at stable in 300s)"),
    ]

    static let sequentials: [Case] = [
        Case(
            name: "surely worse", gate: lookAgain,
            counts: Counts(candidate: ("10", "200"), stable: ("180", "18000")), ruling: .fail,
            sentence: "g: surely worse than stable"
                + " (10 of 200 failed at the candidate, 180 of 18000 failed at stable in 300s)"),
        Case(
            name: "neither", gate: lookAgain, counts: same, ruling: .notEnough,
            sentence: "g: neither surely worse nor surely no worse by 1%: it takes about 1255"
                + " requests at the candidate, so 32 min at this pace"
                + " (2 of 200 failed at the candidate, 180 of 18000 failed at stable in 300s)"),
        Case(
            name: "surely no worse", gate: lookAgain,
            counts: Counts(candidate: ("20", "2000"), stable: ("1800", "180000")), ruling: .pass,
            sentence: "g: surely no worse than stable by 1%"
                + " (20 of 2000 failed at the candidate, 1800 of 180000 failed at stable in 300s)"),
        Case(
            name: "surely worse, but by less than it may be", gate: lookAgain,
            counts: Counts(candidate: ("200", "100000"), stable: ("10", "100000")),
            ruling: .pass,
            sentence: "g: surely no worse than stable by 1% (200 of 100000 failed at the"
                + " candidate, 10 of 100000 failed at stable in 300s)"),
        Case(
            name: "nobody at stable", gate: lookAgain,
            counts: Counts(candidate: ("0", "2000"), stable: ("0", "0")), ruling: .notEnough,
            sentence: "g: no requests of users at stable yet"
                + " (0 of 2000 failed at the candidate, 0 of 0 failed at stable in 300s)"),
        Case(
            name: "few failures say little where few are dealt to stable", gate: lookAgain,
            share: 0.5,
            counts: Counts(candidate: ("3", "10"), stable: ("1", "90")), ruling: .notEnough,
            sentence: "g: neither surely worse nor surely no worse by 1%"
                + " (3 of 10 failed at the candidate, 1 of 90 failed at stable in 300s)"),
        Case(
            name: "lost ones may be the candidate's", gate: lookAgain, share: 0.01,
            counts: Counts(candidate: ("0", "0"), stable: ("10", "20000"), lost: "30"),
            ruling: .fail,
            sentence: "g: surely worse than stable with 30 of the service's requests that failed"
                + " without a workload"
                + " (0 of 0 failed at the candidate, 10 of 20000 failed at stable in 300s)"),
        Case(
            name: "a new window every half an hour", gate: lookAgain, since: .seconds(2100),
            counts: Counts(candidate: ("20", "2000"), stable: ("1800", "180000")), ruling: .pass,
            sentence: "g: surely no worse than stable by 1%"
                + " (20 of 2000 failed at the candidate, 1800 of 180000 failed at stable in 300s)"),
        Case(
            name: "which begins empty", gate: lookAgain, since: .seconds(1810), counts: same,
            ruling: .notEnough,
            sentence: "g: the window is 10s long, and two scrapes take 30s"),
        Case(
            name: "numbers that nobody could count", gate: lookAgain,
            counts: Counts(candidate: ("1e300", "1e300"), stable: ("0", "1e300")), ruling: .fail,
            sentence: "g: surely worse than stable (1000000000000000 of 1000000000000000 failed at"
                + " the candidate, 0 of 1000000000000000 failed at stable in 300s)"),
    ]

    static let budgets: [Case] = [
        Case(
            name: "burns slowly", gate: budget, counts: same, ruling: .pass,
            sentence: "g: the error budget burns 1 times as fast as it may over 300s and 1 times"
                + " over 60s; 14.4 is the limit (200 requests of users)"),
        Case(
            name: "burns too fast", gate: budget,
            counts: Counts(candidate: ("40", "200"), stable: ("0", "1")), ruling: .fail,
            sentence: "g: the error budget burns 20 times as fast as it may over 300s and 20 times"
                + " over 60s; 14.4 is the limit"),
        Case(
            name: "burned, but does no more", gate: budget,
            counts: Counts(candidate: ("40", "200"), stable: ("0", "1")),
            more: [.number("v2\",response_code", "[60s]", is: "0")], ruling: .fail,
            sentence: "g: the error budget burns 20 times as fast as it may over 300s and 20 times"
                + " over 300s; 6 is the limit"),
        Case(
            name: "too few", gate: budget,
            counts: Counts(candidate: ("0", "99"), stable: ("0", "1")), ruling: .notEnough,
            sentence: "g: 99 requests of users, it takes 100"),
        Case(
            name: "few, and lost already", gate: budget,
            counts: Counts(candidate: ("20", "20"), stable: ("0", "1")), ruling: .fail,
            sentence: "g: the error budget burns 100 times as fast as it may over 300s and 100"
                + " times over 60s; 14.4 is the limit"),
    ]

    @Test(arguments: compared + sequentials + budgets) func judges(_ story: Case) async {
        let prometheus = ScriptedPrometheus(story.more + story.counts.rules)
        let judge = MetricsJudge(
            source: PrometheusSource(address: "http://prom", transport: prometheus), scope: scope,
            share: story.share)
        let verdict = await judge.judge(
            story.gate, window: GateWindow(sinceEffect: story.since, own: story.own))
        #expect(verdict.ruling == story.ruling)
        #expect(verdict.sentence == story.sentence)
    }

    /// Whatever the source does wrong, at whichever question: never a pass, and never a failure.
    @Test(arguments: BadAnswer.table) func failsClosed(_ bad: BadAnswer) async {
        let questions = [
            "timestamp(", "v2\",response_code", "v1\",response_code", "v2\"}", "v1\"}",
            "destination_workload=\"unknown\"",
        ]
        for gate in [Self.twice, Self.lookAgain, Self.budget] {
            for question in questions where gate != Self.budget || !question.contains("v1") {
                let judge = MetricsJudge(
                    source: PrometheusSource(
                        address: "http://prom",
                        transport: ScriptedPrometheus([bad.rule(question)] + Self.same.rules)),
                    scope: scope)
                let judgement = await judge.judgement(
                    on: gate, window: GateWindow(sinceEffect: .seconds(300)))
                let isNothing =
                    bad.sentence == "the query finds no series" && question != "timestamp("
                // Where the service is scraped, no series of failures is no failure.
                if isNothing { continue }
                #expect(judgement.verdict.ruling == .notEnough, "\(question)")
                #expect(judgement.verdict.sentence == "g: \(bad.sentence)", "\(question)")
            }
        }
    }

    /// One 30-minute window after the other shares what may go wrong.
    @Test func windowsShareTheFalseAlarms() {
        let rule = SequentialRule(falseAlarms: 0.05)
        let all = (0..<10_000).reduce(0) { $0 + rule.inWindow($1).falseAlarms }
        #expect(all <= 0.05 && all > 0.0499)
    }
}

@Suite struct FaultyGateTests {
    @Test func saysWhatDoesNotGoTogether() {
        func faults(_ change: (inout GateSpec) -> Void) -> [String] {
            var gate = GateSpec("g", .errorRatio(codes: "5.."))
            gate.rule = .sequential(SequentialRule())
            change(&gate)
            return gate.faults
        }
        #expect(faults { _ in }.isEmpty)
        #expect(
            faults { $0.maximum = 1 }
                == ["gate g: min and max are not looked at where it is judged otherwise"])
        #expect(
            faults { $0.rule = .sequential(SequentialRule(margin: 0)) }
                == ["gate g: noWorseThan must lie between 0% and 100%"])
        #expect(
            faults { $0.rule = .sequential(SequentialRule(falseAlarms: 0.6)) }
                == ["gate g: falseAlarms must lie between 0% and 50%"])
        #expect(
            faults { $0.rule = .sequential(SequentialRule(confidence: 1)) }
                == ["gate g: confidence must lie between 50% and 100%"])
        #expect(
            faults { $0.rule = .compare(ComparisonRule(relative: -1)) }
                == ["gate g: a tolerance must be a number from 0 up"])
        #expect(
            faults {
                $0.rule = .compare(ComparisonRule(relative: 1))
                $0.question = .query("up")
            } == [
                "gate g: its query does not say ${candidate}, so stable's value would be the same"
            ])
        #expect(
            faults {
                let window = BurnRateRule.Window(
                    short: .seconds(60), long: .seconds(3600), factor: 14)
                $0.rule = .burnRate(BurnRateRule(objective: 0.9, windows: [window]))
            } == [
                "gate g: no window may be longer than 1800s: what own tests sent before is not"
                    + " remembered",
                "gate g: at a factor of 14.0 the budget could not burn so fast",
            ])
        #expect(
            faults { $0.failures = FailureRule(3, of: 2) }
                == ["gate g: failures needs 1 ≤ count ≤ of ≤ 1000"])
        #expect(
            faults {
                $0.question = .latency(quantile: 99)
                $0.rule = .range
                $0.maximum = 1
            } == ["gate g: a quantile lies between 0 and 1"])
    }
}
