import HTTPMessages
import HTTPServer
import Testing

@testable import MetricsSources

@Suite struct DynatraceTests {
    private static func body(_ data: String, warnings: String = "", page: String = "null")
        -> String
    {
        """
        {"totalCount": 1, "nextPageKey": \(page), "resolution": "1m", "result": [
          {"metricId": "m:avg", "dataPointCountRatio": 4.0E-6, "dimensionCountRatio": 1.0E-5,
           "data": [\(data)]\(warnings)}]}
        """
    }

    private static func data(_ values: String, _ dimension: String = "SERVICE-1") -> String {
        """
        {"dimensions": ["\(dimension)"], "dimensionMap": {"dt.entity.service": "\(dimension)"},
         "timestamps": [1700000180000, 1700000240000], "values": [\(values)]}
        """
    }

    private static func error(_ code: Int, _ rest: String) -> String {
        "{\"error\": {\"code\": \(code), \(rest)}}"
    }

    static let cases: [Wire] = [
        Wire(
            kind: .dynatrace, name: "the last of its points", body: body(data("1.5, 2.5")),
            end: .number(2.5, at: 1_700_000_240)),
        Wire(
            kind: .dynatrace, name: "gaps are passed over", body: body(data("1.5, null")),
            end: .number(1.5, at: 1_700_000_180)),
        Wire(
            kind: .dynatrace, name: "gaps only", body: body(data("null, null")),
            end: .none(.missing, "")),
        Wire(kind: .dynatrace, name: "no data", body: body(""), end: .none(.missing, "")),
        Wire(
            kind: .dynatrace, name: "several series",
            body: body(data("1, 2") + "," + data("1, 2", "SERVICE-2")),
            end: .none(.severalSeries(["m:avg{SERVICE-1}", "m:avg{SERVICE-2}"]), "")),
        Wire(
            kind: .dynatrace, name: "a warning",
            body: body(data("1, 2"), warnings: ", \"warnings\": [\"The field dim is ignored\"]"),
            end: .none(.partial, "The field dim is ignored")),
        Wire(
            kind: .dynatrace, name: "more pages", body: body(data("1, 2"), page: "\"abc\""),
            end: .none(.partial, "the answer has more pages")),
        Wire(
            kind: .dynatrace, name: "a value missing", body: body(data("1")),
            end: .none(.undecodable, "")),
        Wire(
            kind: .dynatrace, name: "a bad selector", status: 400,
            body: error(
                400,
                """
                "message": "Constraints violated.", "constraintViolations": [
                  {"path": "metricSelector", "message": "invalid metricSelector",
                   "parameterLocation": "QUERY", "location": null}]
                """), end: .none(.refused, "invalid metricSelector")),
        Wire(
            kind: .dynatrace, name: "no such metric", status: 404,
            body: error(404, "\"message\": \"The metric m is unknown\""),
            end: .none(.status(404), "The metric m is unknown")),
        Wire(
            kind: .dynatrace, name: "a token without the scope", status: 403,
            body: error(403, "\"message\": \"Token is missing required scope.\""),
            end: .none(.denied, "Token is missing required scope.")),
        Wire(
            kind: .dynatrace, name: "too many", status: 429,
            body: error(429, "\"message\": \"Too many requests\""),
            end: .none(.status(429), "Too many requests")),
    ]

    @Test(arguments: cases) func says(_ wire: Wire) async throws {
        #expect(try await wire.played() == wire.end)
    }

    @Test func asks() async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: Kind.dynatrace.query, from: Kind.dynatrace.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.path == "/api/v2/metrics/query")
            #expect(request[parameter: "metricSelector"] == Kind.dynatrace.query)
            #expect(request[parameter: "from"] == "1700000000000")
            #expect(request[parameter: "to"] == "1700000300000")
            #expect(request[parameter: "resolution"] == "1m")
            #expect(request.headers["Authorization"] == "Api-Token planted-token-0123456789")
        }
    }
}
