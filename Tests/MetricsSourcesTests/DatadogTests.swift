import HTTPMessages
import HTTPServer
import Processes
import Testing

@testable import MetricsSources

@Suite struct DatadogTests {
    private static func ok(_ series: String, error: String = "") -> String {
        """
        {"status": "ok", "res_type": "time_series", "resp_version": 1, "message": "",
         "error": "\(error)", "query": "avg:errors{version:v2}", "from_date": 1700000000000,
         "to_date": 1700000300000, "group_by": [], "series": [\(series)]}
        """
    }

    private static func series(_ points: String, _ expression: String = "avg:errors{version:v2}")
        -> String
    {
        """
        {"metric": "errors", "attributes": {}, "aggr": "avg", "interval": 60, "length": 3,
         "scope": "version:v2", "expression": "\(expression)", "tag_set": [], "unit": null,
         "start": 1700000100000, "end": 1700000279000, "display_name": "errors",
         "pointlist": [\(points)]}
        """
    }

    static let cases: [Wire] = [
        Wire(
            kind: .datadog, name: "the last of its points",
            body: ok(series("[1700000160000.0, 0.5], [1700000220000.0, 0.25]")),
            end: .number(0.25, at: 1_700_000_220)),
        Wire(
            kind: .datadog, name: "gaps are passed over",
            body: ok(series("[1700000160000.0, 0.5], [1700000220000.0, null]")),
            end: .number(0.5, at: 1_700_000_160)),
        Wire(
            kind: .datadog, name: "their sum",
            body: ok(series("[1700000160000.0, 4], [1700000220000.0, 6]")), reduction: .sum,
            end: .number(10, at: 1_700_000_220)),
        Wire(
            kind: .datadog, name: "their average",
            body: ok(series("[1700000160000.0, 4], [1700000220000.0, 6]")), reduction: .average,
            end: .number(5, at: 1_700_000_220)),
        Wire(
            kind: .datadog, name: "the least and out of order",
            body: ok(series("[1700000220000.0, 6], [1700000160000.0, 4]")), reduction: .minimum,
            end: .number(4, at: 1_700_000_220)),
        Wire(
            kind: .datadog, name: "the greatest",
            body: ok(series("[1700000160000.0, 4], [1700000220000.0, 6]")), reduction: .maximum,
            end: .number(6, at: 1_700_000_220)),
        Wire(kind: .datadog, name: "no series", body: ok(""), end: .none(.missing, "")),
        Wire(
            kind: .datadog, name: "gaps only", body: ok(series("[1700000160000.0, null]")),
            end: .none(.missing, "")),
        Wire(
            kind: .datadog, name: "several series",
            body: ok(
                series("[1700000160000.0, 1]", "a") + "," + series("[1700000160000.0, 1]", "b")),
            end: .none(.severalSeries(["a", "b"]), "")),
        Wire(
            kind: .datadog, name: "an old point", body: ok(series("[1699999900000.0, 1]")),
            end: .none(.stale(.seconds(400)), "")),
        Wire(
            kind: .datadog, name: "an error with status 200",
            body: ok("", error: "Rule 'scope_expr' didn't match"),
            end: .none(.refused, "Rule 'scope_expr' didn't match")),
        Wire(
            kind: .datadog, name: "status error",
            body: "{\"status\": \"error\", \"error\": \"unknown function\"}",
            end: .none(.refused, "unknown function")),
        Wire(
            kind: .datadog, name: "bad request", status: 400,
            body: "{\"errors\": [\"Error parsing query\"]}",
            end: .none(.refused, "Error parsing query")),
        Wire(
            kind: .datadog, name: "forbidden", status: 403, body: "{\"errors\": [\"Forbidden\"]}",
            end: .none(.denied, "Forbidden")),
        Wire(
            kind: .datadog, name: "too many", status: 429,
            body: "{\"errors\": [\"Too many requests\"]}",
            end: .none(.status(429), "Too many requests")),
        Wire(
            kind: .datadog, name: "a pair too short", body: ok(series("[1700000160000.0]")),
            end: .none(.undecodable, "")),
        Wire(
            kind: .datadog, name: "a word for a value",
            body: ok(series("[1700000160000.0, \"many\"]")), end: .none(.wrongType("text"), "")),
    ]

    @Test(arguments: cases) func says(_ wire: Wire) async throws {
        #expect(try await wire.played() == wire.end)
    }

    @Test func asks() async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: Kind.datadog.query, from: Kind.datadog.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.method == "GET")
            #expect(request.path == "/api/v1/query")
            #expect(request[parameter: "from"] == "1700000000")
            #expect(request[parameter: "to"] == "1700000300")
            #expect(request[parameter: "query"] == Kind.datadog.query)
            #expect(request.headers["DD-API-KEY"] == Wiring.variables[0].value)
            #expect(request.headers["DD-APPLICATION-KEY"] == Wiring.variables[1].value)
        }
    }
}
