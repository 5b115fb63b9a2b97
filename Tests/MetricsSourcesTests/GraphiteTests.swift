import HTTPMessages
import HTTPServer
import Testing

@testable import MetricsSources

@Suite struct GraphiteTests {
    static let cases: [Wire] = [
        Wire(
            kind: .graphite, name: "the last of its points",
            body: """
                [{"target": "averageSeries(shop.v2.*.errors)", "tags": {"name": "shop"},
                  "datapoints": [[1.5, 1700000180], [2.5, 1700000240], [null, 1700000300]]}]
                """, end: .number(2.5, at: 1_700_000_240)),
        Wire(
            kind: .graphite, name: "no such target", body: "[]", end: .none(.missing, "")),
        Wire(
            kind: .graphite, name: "gaps only",
            body: "[{\"target\": \"a\", \"datapoints\": [[null, 1700000180]]}]",
            end: .none(.missing, "")),
        Wire(
            kind: .graphite, name: "several targets",
            body: """
                [{"target": "a", "datapoints": [[1, 1700000240]]},
                 {"target": "b", "datapoints": [[1, 1700000240]]}]
                """, end: .none(.severalSeries(["a", "b"]), "")),
        Wire(
            kind: .graphite, name: "stale",
            body: "[{\"target\": \"a\", \"datapoints\": [[1, 1699999000]]}]",
            end: .none(.stale(.seconds(1300)), "")),
        Wire(
            kind: .graphite, name: "a bad target", status: 400,
            body: "Invalid 'target' parameter: expected ')'\n",
            end: .none(.refused, "Invalid 'target' parameter: expected ')'")),
        Wire(
            kind: .graphite, name: "a page about its trouble", status: 500,
            body: "<!DOCTYPE html><html>Traceback</html>", end: .none(.status(500), "")),
        Wire(
            kind: .graphite, name: "no credentials", status: 401, body: "",
            end: .none(.denied, "")),
        Wire(
            kind: .graphite, name: "a page", body: "<html>login</html>",
            end: .none(.undecodable, "")),
        Wire(
            kind: .graphite, name: "a mapping", body: "{\"targets\": []}",
            end: .none(.undecodable, "")),
    ]

    @Test(arguments: cases) func says(_ wire: Wire) async throws {
        #expect(try await wire.played() == wire.end)
    }

    @Test func asks() async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: Kind.graphite.query, from: Kind.graphite.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.path == "/render")
            #expect(request[parameter: "target"] == Kind.graphite.query)
            #expect(request[parameter: "from"] == "1700000000")
            #expect(request[parameter: "until"] == "1700000300")
            #expect(request[parameter: "format"] == "json")
            // mia:planted-token-0123456789
            #expect(
                request.headers["Authorization"] == "Basic bWlhOnBsYW50ZWQtdG9rZW4tMDEyMzQ1Njc4OQ=="
            )
        }
    }
}
