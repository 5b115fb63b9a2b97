import HTTPMessages
import HTTPServer
import JSONTree
import Secrets
import TLSFront
import Testing

@testable import MetricsSources

/// What shows Prometheus who asks; and its ranges.
@Suite struct AccessTests {
    private static let one = CannedServer.body([
        "status": "success", "data": ["resultType": "scalar", "result": [1.5, "7"]],
    ])

    private static func spec(_ url: String, _ access: SourceAccess) -> SourceSpec {
        SourceSpec(name: "prometheus", kind: .prometheus, address: url, access: access)
    }

    @Test(arguments: [
        (
            SourceCredential.header(
                name: "Authorization", before: "Bearer ", .environment("TOKEN")),
            "Bearer planted-token-0123456789"
        ),
        (
            .basic(user: "mia", .environment("TOKEN")),
            "Basic bWlhOnBsYW50ZWQtdG9rZW4tMDEyMzQ1Njc4OQ=="
        ),
    ])
    func showsWhoAsks(_ credential: SourceCredential, _ line: String) async throws {
        try await serving(Self.one) { url, asked in
            let access = SourceAccess(
                credentials: [credential], headers: ["X-Scope-OrgID": "shop", "X-Extra": "1"])
            let reading = try await Self.spec(url, access).prometheus(Wiring.doors())
                .reading(of: "7")
            #expect(reading.value == 7)
            let request = try #require(asked.requests.first)
            #expect(request.headers["Authorization"] == line)
            #expect(request.headers["X-Scope-OrgID"] == "shop")
            #expect(request.headers["X-Extra"] == "1")
        }
    }

    @Test func showsACertificate() async throws {
        let certificates = try CertificateFolder()
        try certificates.server()
        try certificates.person("mia")
        try await serving(Self.one) { url, asked in
            let port = try #require(Int(url.split(separator: ":").last ?? ""))
            let front = try TLSFront(
                .passing(to: port), certificates: certificates, asksForCertificate: true)
            let doors = SourceDoors(
                transport: CannedServer.always(HTTPResponse(status: 500)),
                keeper: SecretKeeper(
                    environment: [], spawner: NoPrograms(), time: Wiring.time,
                    read: { try Wiring.file($0) }),
                trusting: Wiring.trusting)
            let address = "https://127.0.0.1:\(front.port)"
            var trust = SourceTrust(authorities: certificates.path("authority.pem"))
            trust.certificate = certificates.path("mia.pem")
            trust.key = certificates.path("mia.key")
            let source = Self.spec(address, SourceAccess(trust: trust)).prometheus(doors)
            #expect(try await source.reading(of: "7").value == 7)
            #expect(asked.requests.count == 1)

            // Without it, and with an authority that signed nothing here.
            let bare = SourceTrust(authorities: certificates.path("authority.pem"))
            await #expect(throws: MetricsError.self) {
                try await Self.spec(address, SourceAccess(trust: bare)).prometheus(doors)
                    .reading(of: "7")
            }
            trust.authorities = certificates.path("mia.pem")
            let wrong = await #expect(throws: MetricsError.self) {
                try await Self.spec(address, SourceAccess(trust: trust)).prometheus(doors)
                    .reading(of: "7")
            }
            #expect(wrong?.code == .unreachable(.untrusted))
            #expect(asked.requests.count == 1)
        }
    }

    @Test func readsARange() async throws {
        let answer = CannedServer.body([
            "status": "success",
            "data": [
                "resultType": "matrix",
                "result": [
                    ["metric": ["pod": "a"], "values": [[100, "1"], [115, "NaN"]]],
                    ["metric": [:], "values": [[100, "3"]]],
                ],
            ],
        ])
        try await serving(answer) { url, asked in
            let source = PrometheusSource(address: url, transport: Wiring.curl)
            let series = try await source.series(
                of: "rate(x[1m])", over: MetricsSpan(from: 100, to: 130.5), every: .seconds(15))
            #expect(series.map(\.name) == ["{pod=\"a\"}", "{}"])
            #expect(series[0].points.map(\.at) == [100, 115])
            #expect(series[0].points[0].value == 1)
            #expect(series[0].points[1].value.isNaN)
            let request = try #require(asked.requests.first)
            #expect(request.path == "/api/v1/query_range")
            #expect(request[parameter: "query"] == "rate(x[1m])")
            #expect(request[parameter: "start"] == "100.000")
            #expect(request[parameter: "end"] == "130.500")
            #expect(request[parameter: "step"] == "15.000")
        }
    }

    @Test(arguments: [
        (
            CannedServer.body([
                "status": "success", "data": ["resultType": "vector", "result": []],
            ]),
            MetricsError.Code.wrongType("vector")
        ),
        (
            CannedServer.body([
                "status": "success", "infos": [], "warnings": ["a store is away"],
                "data": ["resultType": "matrix", "result": []],
            ]), .partial
        ),
        (HTTPResponse(status: 400), .refused),
        (CannedServer.body(["status": "success", "data": ["resultType": "matrix"]]), .undecodable),
    ])
    func readsNoRange(_ answer: HTTPResponse, _ code: MetricsError.Code) async {
        let source = PrometheusSource(
            address: "http://prom:9090", transport: CannedServer.always(answer))
        let error = await #expect(throws: MetricsError.self) {
            try await source.series(
                of: "x", over: MetricsSpan(from: 0, to: 60), every: .seconds(15))
        }
        #expect(error?.code == code)
        #expect(error?.place == "GET http://prom:9090/api/v1/query_range")
    }
}
