import CanaryEngine
import HTTPClient
import HTTPMessages
import HTTPServer
import MetricsSources
import Processes
import Secrets
import Testing
import Timekeeping

@testable import MetricsGate

/// The table of errors, asked of a real Prometheus; `scripts/real-parts` gathers it.
@Suite(
    .enabled(if: RealPrometheus.isThere, "scripts/real-parts gathers Prometheus"), .serialized)
struct RealPrometheusTests {
    private static func scope(_ service: String = "shop") -> GateScope {
        GateScope(
            namespace: "demo", service: service,
            stable: .init(label: "v1", workload: "\(service)-v1"),
            candidate: .init(label: "v2", workload: "\(service)-v2"), scrape: .seconds(1))
    }

    /// What a gate's query gives, and the sentence that it ends in.
    private static let table: [(query: String, ruling: Verdict.Ruling, sentence: String)] = [
        ("sum(several)", .pass, "gate: 3 is at most 3 "),
        ("sum(several) + 1", .fail, "gate: 4 is above 3 "),
        ("scalar(sum(several))", .pass, "gate: 3 is at most 3 "),
        (
            "no_number", .notEnough,
            "gate: the value is not a number, as when nothing is divided by nothing"
        ),
        (
            "endless", .notEnough,
            "gate: the value is infinite, as when something is divided by nothing"
        ),
        ("-endless", .notEnough, "gate: the value is infinite"),
        ("nothing_of_the_kind", .notEnough, "gate: the query finds no series"),
        (
            "several", .notEnough,
            "gate: the query gives several series, such as {__name__=\"several\","
        ),
        ("several[10s]", .notEnough, "gate: the query gives a matrix, not one number"),
        ("\"three\"", .notEnough, "gate: the query gives a string, not one number"),
        ("sum(several", .notEnough, "gate: Prometheus refuses the query ("),
        (
            "several / on (job) several", .notEnough, "gate: Prometheus refuses the query ("
        ),
    ]

    @Test(.timeLimit(.minutes(3))) func eachEndsInItsVerdict() async throws {
        let exporter = ShopExporter()
        let server = try LoopbackServer { exporter.answer($0) }
        let prometheus = try RealPrometheus(exporter: server.port, port: try Self.freePort())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.serve() }
            defer { server.stop() }
            await exporter.scraped(8)
            let source = Self.source(prometheus.address)

            for row in Self.table {
                let verdict = await Self.judge(row.query, source)
                #expect(verdict.ruling == row.ruling, "\(row.query): \(verdict.sentence)")
                #expect(
                    verdict.sentence.hasPrefix(row.sentence), "\(row.query): \(verdict.sentence)")
            }

            // Counted by nobody for three minutes.
            let still = await Self.judge("sum(several)", source, scope: Self.scope("still"))
            #expect(still.ruling == .notEnough)
            #expect(still.sentence.hasPrefix("gate: the newest sample is 18"))

            await rebornCounters(source)
            await pods(source)
            try await ranges(source)
            try await denies(prometheus)
            await elsewhere(prometheus)
            await fallsSilent(prometheus)
        }
    }

    /// Counters that fall to nothing at every third scrape, as when proxies begin anew.
    private func rebornCounters(_ source: PrometheusSource) async {
        for (most, ruling) in [(0.02, .pass), (0.005, .fail)] as [(Double, Verdict.Ruling)] {
            let gate = GateSpec(
                "gate", .errorRatio(codes: "5.."), maximum: most, minimumSamples: 100)
            let verdict = await MetricsJudge(source: source, scope: Self.scope("reborn")).judge(
                gate, window: GateWindow(sinceEffect: .seconds(6)))
            #expect(verdict.ruling == ruling, "\(verdict.sentence)")
        }
    }

    /// Gates on what pods need and how often they began anew; others' pods stand beside them.
    private func pods(_ source: PrometheusSource) async {
        for (question, bounds, ruling) in [
            (.saturation(.cpu), 0.3...0.5, .pass), (.saturation(.cpu), 0...0.3, .fail),
            (.saturation(.memory), 0.74...0.76, .pass), (.saturation(.memory), 0...0.7, .fail),
            (.restarts, 0.1...5, .pass), (.restarts, 0...0, .fail),
        ] as [(GateSpec.Question, ClosedRange<Double>, Verdict.Ruling)] {
            let gate = GateSpec(
                "gate", question, minimum: bounds.lowerBound, maximum: bounds.upperBound,
                minimumSamples: 20)
            let verdict = await MetricsJudge(source: source, scope: Self.scope()).judge(
                gate, window: GateWindow(sinceEffect: .seconds(6)))
            #expect(verdict.ruling == ruling, "\(question): \(verdict.sentence)")
        }
    }

    private func ranges(_ source: PrometheusSource) async throws {
        let now = try await source.reading(of: "time()").value
        let series = try await source.series(
            of: "several", over: MetricsSpan(from: now - 3, to: now), every: .seconds(1))
        #expect(series.map(\.points.last?.value) == [1, 2])
        #expect(series[0].name.contains("pod=\"a\""))
        await #expect(throws: MetricsError.self) {
            // More than 11,000 points.
            try await source.series(
                of: "several", over: MetricsSpan(from: now - 20_000, to: now), every: .seconds(1))
        }
    }

    private func denies(_ prometheus: RealPrometheus) async throws {
        let bare = PrometheusSource(address: prometheus.address, transport: CurlTransport())
        let error = await #expect(throws: MetricsError.self) { try await bare.reading(of: "1") }
        #expect(error?.code == .denied)
        let wrong = Self.source(prometheus.address, password: "another")
        #expect(
            await Self.judge("sum(several)", wrong).sentence == "gate: Prometheus denies access")
    }

    /// Another path than the API's.
    private func elsewhere(_ prometheus: RealPrometheus) async {
        let source = Self.source(prometheus.address + "/nowhere")
        #expect(
            await Self.judge("sum(several)", source).sentence
                == "gate: Prometheus answers with status 404")
    }

    private func fallsSilent(_ prometheus: RealPrometheus) async {
        let source = Self.source(prometheus.address, timeout: .milliseconds(300))
        prometheus.freeze()
        let frozen = await Self.judge("sum(several)", source)
        #expect(frozen.ruling == .notEnough)
        #expect(frozen.sentence == "gate: Prometheus does not answer in time")
        prometheus.thaw()
        prometheus.stop()
        let stopped = await Self.judge("sum(several)", source)
        #expect(stopped.ruling == .notEnough)
        #expect(stopped.sentence == "gate: nobody listens at Prometheus's address")
        let check = SourceCheck(prometheus: source, others: OtherSources(), scope: Self.scope())
        let trouble = await check.firstTrouble(of: [Self.gate("sum(several)")])
        #expect(trouble?.error.code == .unreachable(.refused))
    }

    // MARK: Asking

    private static func gate(_ query: String) -> GateSpec {
        GateSpec("gate", .query(query), maximum: 3, minimumSamples: 20)
    }

    private static func judge(
        _ query: String, _ source: PrometheusSource, scope: GateScope = scope()
    ) async -> Verdict {
        await MetricsJudge(source: source, scope: scope).judge(
            gate(query), window: GateWindow(sinceEffect: .seconds(4)))
    }

    private static func source(
        _ address: String, password: String = RealPrometheus.password,
        timeout: Duration = .seconds(10)
    ) -> PrometheusSource {
        let access = SourceAccess(credentials: [
            .basic(user: RealPrometheus.user, .environment("PASSWORD"))
        ])
        let doors = SourceDoors(
            transport: Limited(limit: timeout),
            keeper: SecretKeeper(
                environment: [ProcessJob.Variable(name: "PASSWORD", value: password)],
                spawner: NoPrograms(), time: RealTime(), read: { _ in [] }),
            trusting: { _ in CurlTransport() })
        return SourceSpec(
            name: "prometheus", kind: .prometheus, address: address, access: access
        ).prometheus(doors)
    }

    /// A port that nobody has.
    private static func freePort() throws -> Int {
        let server = try LoopbackServer { _ in HTTPResponse(status: 500) }
        defer { server.stop() }
        return server.port
    }
}

/// Waits no longer than that.
private struct Limited: HTTPTransport {
    private let inner = CurlTransport()
    let limit: Duration

    init(limit: Duration) { self.limit = limit }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        var request = request
        request.timeout = min(limit, request.timeout)
        return try await inner.send(request)
    }
}

private struct NoPrograms: ProcessSpawner {
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        throw ProcessFailure(.notFound, place: job.place)
    }
}
