import HTTPMessages
import HTTPServer
import JSONTree
import Processes
import Testing

@testable import MetricsSources

@Suite struct WebTests {
    static let cases: [Wire] = [
        Wire(
            kind: .web, name: "a number", body: "{\"errors\": {\"ratio\": 0.25}}",
            end: .number(0.25, at: 1_700_000_300)),
        Wire(
            kind: .web, name: "a number in a text", body: "{\"errors\": {\"ratio\": \"0.25\"}}",
            end: .number(0.25, at: 1_700_000_300)),
        Wire(
            kind: .web, name: "the path leads nowhere", body: "{\"errors\": {}}",
            end: .none(.missing, "")),
        Wire(
            kind: .web, name: "nothing there", body: "{\"errors\": {\"ratio\": null}}",
            end: .none(.missing, "")),
        Wire(
            kind: .web, name: "NaN", body: "{\"errors\": {\"ratio\": \"NaN\"}}",
            end: .none(.notANumber, "")),
        Wire(
            kind: .web, name: "infinite", body: "{\"errors\": {\"ratio\": \"Infinity\"}}",
            end: .none(.infinite, "")),
        Wire(
            kind: .web, name: "a bare NaN", body: "{\"errors\": {\"ratio\": NaN}}",
            end: .none(.undecodable, "")),
        Wire(
            kind: .web, name: "several", body: "{\"items\": [{\"a\": 1}, {\"a\": 2}]}",
            query: "/#$.items[*].a", end: .none(.severalSeries(["value 1", "value 2"]), "")),
        Wire(
            kind: .web, name: "yes or no", body: "{\"errors\": {\"ratio\": true}}",
            end: .none(.wrongType("yes or no"), "")),
        Wire(
            kind: .web, name: "a mapping", body: "{\"errors\": {\"ratio\": {}}}",
            end: .none(.wrongType("mapping"), "")),
        Wire(
            kind: .web, name: "a list", body: "{\"errors\": {\"ratio\": []}}",
            end: .none(.wrongType("list"), "")),
        Wire(
            kind: .web, name: "words", body: "{\"errors\": {\"ratio\": \"low\"}}",
            end: .none(.wrongType("text"), "")),
        Wire(
            kind: .web, name: "moved", status: 302, body: "", end: .none(.status(302), "")),
        Wire(
            kind: .web, name: "not found", status: 404, body: "{\"message\": \"no\"}",
            end: .none(.status(404), "")),
        Wire(
            kind: .web, name: "no path in the query", body: "{}", query: "/stats",
            end: .none(.refused, "the query must end with # and a JSON path, as #$.ratio")),
        Wire(
            kind: .web, name: "another host", body: "{}", query: ".evil.example.com/#$.a",
            end: .none(.refused, "the query must begin with / or ?, and have no blanks")),
    ]

    @Test(arguments: cases) func says(_ wire: Wire) async throws {
        #expect(try await wire.played() == wire.end)
    }

    @Test func asks() async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: Kind.web.query, from: Kind.web.spec(url + "/base/"))
            let request = try #require(asked.requests.first)
            #expect(request.method == "GET")
            #expect(request.path == "/base/stats")
            #expect(request.query == "v=2")
            #expect(request.headers["X-Token"] == Wiring.variables[0].value)
        }
    }

    @Test func posts() async throws {
        try await serving(HTTPResponse(status: 200, body: .text("[1, 2]"))) { url, asked in
            let spec = SourceSpec(
                name: "w", kind: .web(method: "POST", body: "{\"last\": \"5m\"}"), address: url)
            let reading = try await Wiring.reading(of: "#$[-1]", from: spec).get()
            #expect(reading.value == 2)
            let request = try #require(asked.requests.first)
            #expect(request.method == "POST")
            #expect(request.headers["Content-Type"] == "application/json")
            #expect(request.body == Array("{\"last\": \"5m\"}".utf8))
        }
    }
}
