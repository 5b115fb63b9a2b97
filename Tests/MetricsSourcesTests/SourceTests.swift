import HTTPMessages
import JSONTree
import Testing

@testable import MetricsSources

@Suite struct SourceTests {
    static let place = "GET http://prom:9090/prometheus/api/v1/query"

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var answer: HTTPResponse
        var code: MetricsError.Code
        var detail = ""
        var testDescription: String { name }
    }

    private static func success(_ type: String, _ result: JSONTree) -> JSONTree {
        ["status": "success", "data": ["resultType": .string(type), "result": result]]
    }

    private static func vector(_ values: JSONTree...) -> HTTPResponse {
        let result = values.enumerated().map { index, value -> JSONTree in
            ["metric": ["pod": .string("p\(index)"), "app": "a"], "value": [1.5, value]]
        }
        return CannedServer.body(success("vector", .array(result)))
    }

    static let cases: [Case] = [
        Case(name: "empty", answer: vector(), code: .missing),
        Case(name: "NaN", answer: vector("NaN"), code: .notANumber),
        Case(name: "+Inf", answer: vector("+Inf"), code: .infinite),
        Case(name: "-Inf", answer: vector("-Inf"), code: .infinite),
        Case(
            name: "several", answer: vector("1", "2", "3", "4"),
            code: .severalSeries([
                "{app=\"a\",pod=\"p0\"}", "{app=\"a\",pod=\"p1\"}", "{app=\"a\",pod=\"p2\"}",
            ])),
        Case(name: "no number", answer: vector("many"), code: .undecodable),
        Case(name: "bare number", answer: vector(1.5), code: .undecodable),
        Case(
            name: "matrix", answer: CannedServer.body(success("matrix", [])),
            code: .wrongType("matrix")),
        Case(
            name: "string", answer: CannedServer.body(success("string", [1.5, "x"])),
            code: .wrongType("string")),
        Case(
            name: "native histogram",
            answer: CannedServer.body(
                success("vector", [["metric": [:], "histogram": [1.5, [:]]]])),
            code: .wrongType("histogram")),
        Case(
            name: "warnings",
            answer: CannedServer.body([
                "status": "success", "warnings": ["store 2 is away\nand more"],
                "data": [
                    "resultType": "vector", "result": [["metric": [:], "value": [1.5, "1"]]],
                ],
            ]),
            code: .partial, detail: "store 2 is away"),
        Case(
            name: "bad query",
            answer: CannedServer.body(
                ["status": "error", "errorType": "bad_data", "error": "parse error"], status: 400),
            code: .refused, detail: "parse error"),
        Case(
            name: "query took too long",
            answer: CannedServer.body(
                ["status": "error", "errorType": "timeout", "error": "too slow"], status: 503),
            code: .status(503), detail: "too slow"),
        Case(
            name: "error with status 200",
            answer: CannedServer.body(["status": "error", "errorType": "execution"]),
            code: .refused),
        Case(name: "denied", answer: HTTPResponse(status: 401), code: .denied),
        Case(name: "bad gateway", answer: HTTPResponse(status: 502), code: .status(502)),
        Case(
            name: "a page", answer: HTTPResponse(status: 200, body: .text("<html>")),
            code: .undecodable),
        Case(name: "nothing", answer: HTTPResponse(status: 200), code: .undecodable),
        Case(
            name: "no status", answer: CannedServer.body(["data": [:]]), code: .undecodable),
        Case(
            name: "huge",
            answer: HTTPResponse(
                status: 200, body: .bytes([UInt8](repeating: 32, count: 1 << 20 + 1))),
            code: .tooLarge),
    ]

    @Test(arguments: cases) func givesNoNumber(_ bad: Case) async {
        let source = source(.always(bad.answer))
        await #expect(throws: MetricsError(bad.code, place: Self.place, detail: bad.detail)) {
            try await source.reading(of: "up")
        }
    }

    @Test(arguments: [
        (HTTPFailure.Reason.refused, MetricsError.Code.unreachable(.refused)),
        (.timedOut, .unreachable(.timedOut)), (.tooLarge, .tooLarge),
    ])
    func failureOfTheTransport(_ reason: HTTPFailure.Reason, _ code: MetricsError.Code) async {
        let failure = HTTPFailure(reason, reached: .never, place: "elsewhere", detail: "secret")
        let source = source(.fails(failure))
        await #expect(throws: MetricsError(code, place: Self.place)) {
            try await source.reading(of: "up")
        }
    }

    @Test(arguments: [("0.25", 0.25), ("1e3", 1000), ("-2", -2)])
    func readsOneNumber(_ text: String, _ value: Double) async throws {
        let reading = try await source(.number(text)).reading(of: "up")
        #expect(reading == .init(value: value, at: CannedServer.now))
    }

    @Test func readsScalars() async throws {
        let answer = CannedServer.body(Self.success("scalar", [1.5, "7"]))
        let reading = try await source(.always(answer)).reading(of: "7")
        #expect(reading == .init(value: 7, at: 1.5))
    }

    @Test func anAnswerForAnotherTimeIsStale() async {
        let answer = CannedServer.body(
            Self.success("vector", [["metric": [:], "value": [1000, "1"]]]))
        let source = source(.always(answer))
        await #expect(throws: MetricsError(.stale(.seconds(60)), place: Self.place)) {
            try await source.reading(of: "up", at: 1060)
        }
    }

    @Test func asksUnderThePathOfTheAddress() async throws {
        let prometheus = CannedServer.number("1")
        let source = PrometheusSource(
            address: "http://prom:9090/prometheus/", transport: prometheus,
            headers: ["Authorization": "Bearer abc"])
        _ = try await source.reading(of: "sum(x{a=\"ü\"}) + 1", at: CannedServer.now + 0.5)
        let request = try #require(prometheus.asked.first)
        #expect(
            request.url == "http://prom:9090/prometheus/api/v1/query"
                + "?query=sum%28x%7Ba%3D%22%C3%BC%22%7D%29%20%2B%201&time=1700000000.500")
        #expect(request.headers["authorization"] == "Bearer abc")
    }

    @Test func asksLongQuestionsByPost() async throws {
        let prometheus = CannedServer.number("1")
        let source = PrometheusSource(address: "http://prom:9090", transport: prometheus)
        let long = "sum(\(String(repeating: "x", count: 2000)))"
        _ = try await source.reading(of: long)
        let asked = try #require(prometheus.asked.first)
        #expect(asked.method == "POST")
        #expect(asked.url == "http://prom:9090/api/v1/query")
        #expect(asked.body.bytes == Array("query=\(URLText.encoded(long))".utf8))
    }

    @Test func credentialsInTheAddressStayOutOfMessages() async {
        let source = PrometheusSource(
            address: "http://me:hush@prom:9090", transport: CannedServer.always(Self.vector()))
        await #expect(throws: MetricsError(.missing, place: "GET http://prom:9090/api/v1/query")) {
            try await source.reading(of: "up")
        }
    }

    @Test func errorsHaveThreeLines() {
        let error = MetricsError(.refused, place: Self.place, detail: "parse error at 3")
        #expect(
            "\(error)" == """
                metrics: Prometheus refuses the query (parse error at 3)
                  where: GET http://prom:9090/prometheus/api/v1/query
                  do:    correct the query; Prometheus's own page shows where it is wrong
                """)
    }

    private func source(_ server: CannedServer) -> PrometheusSource {
        PrometheusSource(address: "http://prom:9090/prometheus", transport: server)
    }
}
