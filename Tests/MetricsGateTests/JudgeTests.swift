import CanaryEngine
import HTTPMessages
import JSONTree
import MetricsSources
import Testing

@testable import MetricsGate

private let scope = GateScope(
    namespace: "demo", service: "shop", stable: .init(label: "v1", workload: "shop-v1"),
    candidate: .init(label: "v2", workload: "shop-v2"))

private let all = "destination_version=\"v2\"}"
private let unreached = "destination_workload=\"unknown\""
private let failed = "response_code=~\"5..\""

@Suite struct JudgeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var gate = GateSpec("errors", .errorRatio(codes: "5.."), maximum: 0.01)
        var since: Duration = .seconds(300)
        var own: [OwnSpell] = []
        /// So many of the service's requests failed without a workload.
        var lost = 0
        var rules: [ScriptedPrometheus.Rule]
        var verdict: Verdict
        var testDescription: String { name }
    }

    private static func verdict(
        _ ruling: Verdict.Ruling, _ sentence: String, _ value: Double?, of samples: Double,
        lost: Double = 0
    ) -> Verdict {
        Verdict(
            ruling, sentence,
            measures: (value.map { [Measure("errors", $0)] } ?? [])
                + [Measure("errors.samples", samples)]
                + (lost > 0 ? [Measure("errors.lost", lost)] : []))
    }

    static let astray: [Case] = [
        Case(
            name: "one that is lost keeps a gate from passing", lost: 1, rules: counts,
            verdict: verdict(
                .notEnough,
                "errors: 0.004 is at most 0.01, but there are 1 of the service's requests that"
                    + " failed without a workload (1000 requests of users in 300s)", 0.004,
                of: 1000, lost: 1)),
        Case(
            name: "a query's, too", gate: free, lost: 2,
            rules: [.fresh(), .number("bad", is: "0"), .number(all, is: "1000")],
            verdict: verdict(
                .notEnough,
                "errors: 0 is at most 0.01, but there are 2 of the service's requests that failed"
                    + " without a workload (1000 requests of users in 300s)", 0, of: 1000, lost: 2)),
        Case(
            name: "more than the gate's maximum fail", lost: 250, rules: counts,
            verdict: verdict(
                .fail,
                "errors: with 250 of the service's requests that failed without a workload 0.2032"
                    + " is above 0.01 (1000 requests of users in 300s)", 0.004, of: 1000, lost: 250)
        ),
        Case(
            name: "all that came are lost", lost: 120, rules: [.fresh()],
            verdict: verdict(
                .fail,
                "errors: with 120 of the service's requests that failed without a workload 1 is"
                    + " above 0.01 (0 requests of users in 300s)", 1, of: 0, lost: 120)),
        Case(
            name: "the few that came are lost", lost: 3, rules: [.fresh()],
            verdict: verdict(
                .notEnough,
                "errors: no requests of users yet, but 3 of the service's requests that failed"
                    + " without a workload", nil, of: 0, lost: 3)),
        Case(
            name: "the candidate's own failures are said first", lost: 50,
            rules: [.fresh(), .number(failed, is: "40"), .number(all, is: "1000")],
            verdict: verdict(
                .fail, "errors: 0.04 is above 0.01 (1000 requests of users in 300s)", 0.04,
                of: 1000, lost: 50)),
    ]

    /// Of both versions in the newest minute, and in the whole window.
    private static func coming(_ newest: Int, of all: Int) -> [ScriptedPrometheus.Rule] {
        [.number("v1|v2", "[60s]", is: "\(newest)"), .number("v1|v2", "[300s]", is: "\(all)")]
    }

    static let dry: [Case] = [
        Case(
            name: "who has gone is not judged by", rules: coming(0, of: 5000) + counts,
            verdict: Verdict(
                .notEnough,
                "errors: no user has come for 60s, where 1250 were to be expected")),
        Case(
            name: "few are enough to see that they come", rules: coming(1, of: 5000) + counts,
            verdict: verdict(
                .pass, "errors: 0.004 is at most 0.01 (1000 requests of users in 300s)", 0.004,
                of: 1000)),
        Case(
            name: "where few come a minute without any says nothing",
            rules: coming(0, of: 39) + counts,
            verdict: verdict(
                .pass, "errors: 0.004 is at most 0.01 (1000 requests of users in 300s)", 0.004,
                of: 1000)),
        Case(
            name: "a failure is one, whoever comes afterwards",
            rules: coming(0, of: 5000) + [
                .fresh(), .number(failed, is: "40"), .number(all, is: "1000"),
            ],
            verdict: verdict(
                .fail, "errors: 0.04 is above 0.01 (1000 requests of users in 300s)", 0.04,
                of: 1000)),
    ]

    private static let counts: [ScriptedPrometheus.Rule] = [
        .fresh(), .number(failed, is: "4"), .number(all, is: "1000"),
    ]

    private static let free = GateSpec(
        "errors", .query("bad{v=\"${candidate}\"}[${window}]"), maximum: 0.01)

    static let ratios: [Case] = [
        Case(
            name: "good", rules: counts,
            verdict: verdict(
                .pass, "errors: 0.004 is at most 0.01 (1000 requests of users in 300s)", 0.004,
                of: 1000)),
        Case(
            name: "bad", rules: [.fresh(), .number(failed, is: "40"), .number(all, is: "1000")],
            verdict: verdict(
                .fail, "errors: 0.04 is above 0.01 (1000 requests of users in 300s)", 0.04,
                of: 1000)),
        Case(
            name: "too few", rules: [.fresh(), .number(failed, is: "1"), .number(all, is: "99")],
            verdict: verdict(
                .notEnough,
                "errors: 0.0101 is above 0.01, but it takes 100 requests"
                    + " (99 requests of users in 300s)", 1 / 99.0, of: 99)),
        Case(
            name: "lost already",
            rules: [.fresh(), .number(failed, is: "2"), .number(all, is: "9")],
            verdict: verdict(
                .fail,
                "errors: 0.2222 is above 0.01, whatever the requests to come bring"
                    + " (9 requests of users in 300s)", 2 / 9.0, of: 9)),
        Case(
            name: "nobody came", rules: [.fresh()],
            verdict: verdict(.notEnough, "errors: no requests of users yet", nil, of: 0)),
        Case(
            name: "our own tests are not users",
            own: [
                OwnSpell(
                    .counted(candidate: 950, candidateErrors: 0, stable: 0, stableErrors: 0),
                    began: .seconds(100), ended: .seconds(60))
            ], rules: [.fresh(), .number(all, is: "1000")],
            verdict: verdict(
                .notEnough,
                "errors: 0 is at most 0.01, but it takes 100 requests (50 requests of users in"
                    + " 300s; without 950 requests of our own tests)", 0, of: 50)),
        Case(
            name: "nor are their failures users' failures",
            own: [
                OwnSpell(
                    .counted(candidate: 200, candidateErrors: 40, stable: 0, stableErrors: 0),
                    began: .seconds(100), ended: .seconds(60))
            ], rules: [.fresh(), .number(failed, is: "44"), .number(all, is: "1200")],
            verdict: verdict(
                .pass,
                "errors: 0.004 is at most 0.01 (1000 requests of users in 300s; without 200"
                    + " requests of our own tests)", 0.004, of: 1000)),
        Case(
            name: "failures that may not be scraped yet count",
            own: [
                OwnSpell(
                    .counted(candidate: 200, candidateErrors: 40, stable: 0, stableErrors: 0),
                    began: .seconds(100), ended: .seconds(5))
            ], rules: [.fresh(), .number(failed, is: "44"), .number(all, is: "1200")],
            verdict: verdict(
                .fail,
                "errors: 0.044 is above 0.01 (1000 requests of users in 300s; without 200"
                    + " requests of our own tests)", 0.044, of: 1000)),
        Case(
            name: "a test from before the window is none of its business",
            own: [
                OwnSpell(
                    .counted(candidate: 950, candidateErrors: 0, stable: 0, stableErrors: 0),
                    began: .seconds(500), ended: .seconds(400))
            ], rules: counts,
            verdict: verdict(
                .pass, "errors: 0.004 is at most 0.01 (1000 requests of users in 300s)", 0.004,
                of: 1000)),
        Case(
            name: "but one that was scraped only in it is",
            own: [
                OwnSpell(
                    .counted(candidate: 950, candidateErrors: 0, stable: 0, stableErrors: 0),
                    began: .seconds(500), ended: .seconds(310))
            ],
            rules: [.fresh(), .number(all, is: "1000")],
            verdict: verdict(
                .notEnough,
                "errors: 0 is at most 0.01, but it takes 100 requests (50 requests of users in"
                    + " 300s; without 950 requests of our own tests)", 0, of: 50)),
        Case(
            name: "uncounted seconds are left out",
            own: [OwnSpell(.unknown, began: .seconds(100), ended: .seconds(60))],
            rules: [
                .fresh(),
                .number(failed, "[70s]", is: "30"), .number(failed, "[300s]", is: "31"),
                .number(all, "[70s]", is: "600"), .number(all, "[300s]", is: "1000"),
            ],
            verdict: verdict(
                .pass, "errors: 0.0025 is at most 0.01 (400 requests of users in 300s)", 0.0025,
                of: 400)),
        Case(
            name: "nothing is left",
            own: [OwnSpell(.unknown, began: .seconds(290), ended: .zero)], rules: counts,
            verdict: Verdict(.notEnough, "errors: our own tests ran for all but 0s of 300s")),
        Case(
            name: "too early", since: .seconds(20), rules: counts,
            verdict: Verdict(
                .notEnough, "errors: the window is 20s long, and two scrapes take 30s")),
        Case(
            name: "no scrape for long", rules: [.fresh(ago: 61), .number(all, is: "1000")],
            verdict: Verdict(.notEnough, "errors: the newest sample is 61s old")),
        Case(
            name: "no such service",
            rules: [
                .answer(
                    with: ScriptedPrometheus.body(
                        ["status": "success", "data": ["resultType": "vector", "result": []]]))
            ],
            verdict: Verdict(.notEnough, "errors: the query finds no series")),
        Case(
            name: "failures unreadable",
            rules: [.fresh(), .number(failed, is: "NaN"), .number(all, is: "1000")],
            verdict: Verdict(
                .notEnough,
                "errors: the value is not a number, as when nothing is divided by nothing")),
    ]

    static let queries: [Case] = [
        Case(
            name: "within bounds", gate: free,
            rules: [
                .fresh(), .number("bad{v=\"v2\"}[300s]", is: "0.002"), .number(all, is: "5e3"),
            ],
            verdict: verdict(
                .pass, "errors: 0.002 is at most 0.01 (5000 requests of users in 300s)", 0.002,
                of: 5000)),
        Case(
            name: "outside", gate: free,
            rules: [.fresh(), .number("bad", is: "3"), .number(all, is: "100")],
            verdict: verdict(
                .fail, "errors: 3 is above 0.01 (100 requests of users in 300s)", 3, of: 100)),
        Case(
            name: "outside, but of what", gate: free,
            rules: [.fresh(), .number("bad", is: "0.5"), .number(all, is: "2")],
            verdict: verdict(
                .notEnough,
                "errors: 0.5 is above 0.01, but it takes 100 requests (2 requests of users in"
                    + " 300s)", 0.5, of: 2)),
        Case(
            name: "says what is in the value", gate: free,
            own: [
                OwnSpell(
                    .counted(candidate: 20, candidateErrors: 0, stable: 0, stableErrors: 0),
                    began: .seconds(100), ended: .seconds(60)),
                OwnSpell(.unknown, began: .seconds(50), ended: .seconds(40)),
            ],
            rules: [
                .fresh(), .number("bad", is: "0"), .number(all, "[40s]", is: "80"),
                .number(all, is: "1000"),
            ],
            verdict: verdict(
                .pass,
                "errors: 0 is at most 0.01 (900 requests of users in 300s; the value includes 20"
                    + " requests of our own tests; the value includes the time in which our own"
                    + " tests ran)", 0, of: 900)),
        Case(
            name: "samples of its own",
            gate: GateSpec(
                "errors", .query("bad"), maximum: 0.01, samplesQuery: "n{w=\"${window}\"}"),
            rules: [.fresh(), .number("bad", is: "0"), .number("n{w=\"300s\"}", is: "100")],
            verdict: verdict(
                .pass, "errors: 0 is at most 0.01 (100 requests of users in 300s)", 0, of: 100)),
        Case(
            name: "below the least",
            gate: GateSpec("errors", .query("good"), minimum: 0.99),
            rules: [.fresh(), .number("good", is: "0.98765"), .number(all, is: "1000")],
            verdict: verdict(
                .fail, "errors: 0.9877 is below 0.99 (1000 requests of users in 300s)", 0.98765,
                of: 1000)),
        Case(
            name: "missing", gate: free, rules: [.fresh(), .number(all, is: "1000")],
            verdict: Verdict(.notEnough, "errors: the query finds no series")),
        Case(
            name: "NaN before anybody came", gate: free,
            rules: [.fresh(), .number("bad", is: "NaN")],
            verdict: verdict(.notEnough, "errors: no requests of users yet", nil, of: 0)),
        Case(
            name: "a bad placeholder",
            gate: GateSpec("errors", .query("x[${windows}]"), maximum: 1), rules: counts,
            verdict: Verdict(
                .notEnough,
                "gate errors: no placeholder ${windows}; there are ${window} ${candidate}"
                    + " ${stable} ${namespace} ${service}")),
        Case(
            name: "no bounds", gate: GateSpec("errors", .query("x")), rules: counts,
            verdict: Verdict(
                .notEnough, "gate errors has neither min nor max: it could not fail")),
    ]

    @Test(arguments: ratios + queries + astray + dry) func judges(_ story: Case) async {
        let prometheus = ScriptedPrometheus(
            [.number(unreached, is: "\(story.lost)")] + story.rules)
        let judge = MetricsJudge(
            source: PrometheusSource(address: "http://prom", transport: prometheus), scope: scope)
        let verdict = await judge.judge(
            story.gate, window: GateWindow(sinceEffect: story.since, own: story.own))
        #expect(verdict == story.verdict)
    }

    /// Whatever the source does wrong, at whichever question: never a pass.
    @Test(arguments: BadAnswer.table) func failsClosed(_ bad: BadAnswer) async {
        for gate in [GateSpec("g", .errorRatio(codes: "5.."), maximum: 0.99), Self.free] {
            for question in ["timestamp(", failed, "bad", all, unreached] {
                let rules: [ScriptedPrometheus.Rule] =
                    [bad.rule(question), .number(unreached, is: "0")] + Self.counts
                    + [.number("bad", is: "0")]
                let isAsked = gate == Self.free ? question != failed : question != "bad"
                guard isAsked else { continue }
                let judge = MetricsJudge(
                    source: PrometheusSource(
                        address: "http://prom", transport: ScriptedPrometheus(rules)),
                    scope: scope)
                let verdict = await judge.judge(
                    gate, window: GateWindow(sinceEffect: .seconds(300)))
                #expect(verdict.ruling == .notEnough, "\(question): \(verdict.sentence)")
                #expect(verdict.sentence == "\(gate.name): \(bad.sentence)", "\(question)")
            }
        }
    }

    @Test func allQuestionsAreAboutOneInstant() async {
        let prometheus = ScriptedPrometheus(Self.counts)
        let judge = MetricsJudge(
            source: PrometheusSource(address: "http://prom", transport: prometheus), scope: scope)
        let own = [OwnSpell(.unknown, began: .seconds(100), ended: .seconds(60))]
        _ = await judge.judge(
            GateSpec("g", .errorRatio(codes: "5.."), maximum: 0.99),
            window: GateWindow(sinceEffect: .seconds(300), own: own))
        let now = ScriptedPrometheus.now
        #expect(prometheus.asked.map(\.time) == [nil, now, now - 45, now, now - 45, now, now - 45])
    }
}
