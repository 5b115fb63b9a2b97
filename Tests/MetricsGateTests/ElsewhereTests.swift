import CanaryEngine
import HTTPMessages
import MetricsSources
import Synchronization
import Testing

@testable import MetricsGate

/// Gates on another source than Prometheus.
@Suite struct ElsewhereTests {
    private static let scope = GateScope(
        namespace: "shop", service: "orders",
        stable: .init(label: "v1", workload: "orders-v1"),
        candidate: .init(label: "v2", workload: "orders-v2"))

    private static func gate(samplesQuery: String? = nil) -> GateSpec {
        var gate = GateSpec(
            "errors", .query("errors of ${candidate} in ${window}"), maximum: 0.01,
            minimumSamples: 100, samplesQuery: samplesQuery)
        gate.source = "dd"
        return gate
    }

    private static func judge(
        _ source: ScriptedSource, _ prometheus: ScriptedPrometheus? = nil
    ) -> MetricsJudge {
        MetricsJudge(
            source: prometheus.map { PrometheusSource(address: "http://prom", transport: $0) },
            others: OtherSources(["dd": source]) { 10_000 }, scope: scope)
    }

    private static let window = GateWindow(sinceEffect: .seconds(120))

    @Test(arguments: [
        (
            0.005, 400.0, Verdict.Ruling.pass,
            "errors: 0.005 is at most 0.01 (400 requests of users in 120s; as Datadog says)"
        ),
        (
            0.02, 400, .fail,
            "errors: 0.02 is above 0.01 (400 requests of users in 120s; as Datadog says)"
        ),
        (
            0.005, 99, .notEnough,
            "errors: 0.005 is at most 0.01, but it takes 100 requests"
                + " (99 requests of users in 120s; as Datadog says)"
        ),
    ])
    func judges(_ value: Double, _ samples: Double, _ ruling: Verdict.Ruling, _ reason: String)
        async
    {
        let source = ScriptedSource([
            "errors of v2 in 120s": .success(value), "n": .success(samples),
        ])
        let verdict = await Self.judge(source).judge(
            Self.gate(samplesQuery: "n"), window: Self.window)
        #expect(verdict.ruling == ruling)
        #expect(verdict.sentence == reason)
        #expect(source.asked.allSatisfy { $0.from == 9880 && $0.to == 10_000 })
    }

    /// What a test sent unseen is left out of the count, stretch by stretch.
    @Test func leavesOurOwnStretchesOut() async {
        let source = ScriptedSource(["errors of v2 in 120s": .success(0), "n": .success(90)])
        let window = GateWindow(
            sinceEffect: .seconds(120),
            own: [OwnSpell(.unknown, began: .seconds(60), ended: .seconds(50))])
        let verdict = await Self.judge(source).judge(
            Self.gate(samplesQuery: "n"), window: window)
        // 90 in the whole window, and 90 in the 40 s around the test.
        #expect(verdict.ruling == .notEnough)
        #expect(source.asked.contains(MetricsSpan(from: 9925, to: 9965)))
    }

    @Test func countsAtPrometheus() async {
        let prometheus = ScriptedPrometheus([
            .fresh(), .number("destination_workload=\"unknown\"", is: "0"),
            .number("istio_requests_total", is: "250"),
        ])
        let source = ScriptedSource(["errors of v2 in 120s": .success(0)])
        let verdict = await Self.judge(source, prometheus).judge(
            Self.gate(), window: Self.window)
        #expect(verdict.ruling == .pass)
        #expect(verdict.sentence.contains("250 requests of users"))
    }

    @Test func nobodyCounts() async {
        let source = ScriptedSource(["errors of v2 in 120s": .success(0)])
        let verdict = await Self.judge(source).judge(Self.gate(), window: Self.window)
        #expect(verdict.ruling == .notEnough)
        #expect(verdict.sentence == "errors: nobody counts the requests behind it")
    }

    @Test func thereIsNoSuchSource() async {
        var gate = Self.gate(samplesQuery: "n")
        gate.source = "gone"
        let verdict = await Self.judge(ScriptedSource([:])).judge(gate, window: Self.window)
        #expect(verdict.ruling == .notEnough)
        #expect(verdict.sentence == "errors: the flow has no source gone")
    }

    // MARK: The table of errors

    static let table: [(MetricsError.Code, String)] = [
        (.unreachable(.refused), "nobody listens at Datadog's address"),
        (.unreachable(.timedOut), "Datadog does not answer in time"),
        (.unreachable(.unresolved), "the name of Datadog's host is not known"),
        (.unreachable(.untrusted), "Datadog's certificate is not trusted"),
        (.unreachable(.noCredential), "there is no credential to show to Datadog"),
        (.status(404), "Datadog answers with status 404"),
        (.status(500), "Datadog answers with status 500"),
        (.refused, "Datadog refuses the query"), (.denied, "Datadog denies access"),
        (.notANumber, "the value is not a number, as when nothing is divided by nothing"),
        (.infinite, "the value is infinite, as when something is divided by nothing"),
        (.missing, "the query finds no series"),
        (.severalSeries(["a", "b"]), "the query gives several series, such as a and b"),
        (.stale(.seconds(400)), "the newest sample is 400s old"),
        (.wrongType("text"), "the query gives a text, not one number"),
        (.undecodable, "the answer is not Datadog's"), (.tooLarge, "the answer is too large"),
        (.partial, "Datadog could not read everything"),
    ]

    /// With plenty of requests behind it, none of them passes or fails anybody.
    @Test(arguments: table) func neverPasses(_ code: MetricsError.Code, _ sentence: String) async {
        let error = MetricsError(code, place: "GET http://dd", server: "Datadog")
        let source = ScriptedSource(["errors of v2 in 120s": .failure(error), "n": .success(400)])
        let verdict = await Self.judge(source).judge(
            Self.gate(samplesQuery: "n"), window: Self.window)
        #expect(verdict.ruling == .notEnough)
        #expect(verdict.sentence == "errors: \(sentence)")
    }

    /// Before a run: what the source will never answer refuses it, what only needs requests does not.
    @Test(arguments: table) func asksBeforeARun(_ code: MetricsError.Code, _ sentence: String) async
    {
        let error = MetricsError(code, place: "GET http://dd", server: "Datadog")
        let source = ScriptedSource(["errors of v2 in 300s": .failure(error), "n": .success(0)])
        let check = SourceCheck(
            prometheus: nil, others: OtherSources(["dd": source]) { 10_000 }, scope: Self.scope)
        let trouble = await check.firstTrouble(of: [Self.gate(samplesQuery: "n")])
        switch code {
        case .missing, .notANumber, .infinite, .stale: #expect(trouble == nil)
        default:
            #expect(trouble?.gate == "errors")
            #expect(trouble?.error == error)
        }
    }

    @Test func asksPrometheusOnceBeforeARun() async {
        let prometheus = ScriptedPrometheus([.number("1", is: "1")])
        let check = SourceCheck(
            prometheus: PrometheusSource(address: "http://prom", transport: prometheus),
            others: OtherSources(), scope: Self.scope)
        let gates = [
            GateSpec("a", .errorRatio(codes: "5.."), maximum: 0.99),
            GateSpec(
                "b", .query("b{v=\"${candidate}\"}"), maximum: 1, samplesQuery: "n[${window}]"),
        ]
        #expect(await check.firstTrouble(of: gates) == nil)
        #expect(prometheus.asked.map(\.query) == ["1", "b{v=\"v2\"}", "n[300s]"])
    }
}

/// A source that answers each query as it was told to.
final class ScriptedSource: MetricsSource {
    private let answers: [String: Result<Double, MetricsError>]
    private let log = Mutex<[MetricsSpan]>([])

    init(_ answers: [String: Result<Double, MetricsError>]) { self.answers = answers }

    var title: String { "Datadog" }
    var asked: [MetricsSpan] { log.withLock { $0 } }

    func reading(of query: String, over span: MetricsSpan, as reduction: MetricsReduction)
        async throws(MetricsError) -> MetricsReading
    {
        log.withLock { $0.append(span) }
        guard let answer = answers[query] else {
            throw MetricsError(.refused, place: query, server: title)
        }
        return MetricsReading(value: try answer.get(), at: span.to)
    }

    func series(of query: String, over span: MetricsSpan, every step: Duration)
        async throws(MetricsError) -> [MetricsSeries]
    {
        []
    }
}
