import HTTPMessages
import HTTPServer
import JSONTree
import Processes
import Testing

@testable import MetricsSources

@Suite struct NewRelicTests {
    private static func rows(_ rows: String) -> String {
        "{\"data\": {\"actor\": {\"account\": {\"nrql\": {\"results\": [\(rows)]}}}}}"
    }

    private static func errors(_ message: String, _ kind: String) -> String {
        """
        {"data": {"actor": {"account": {"nrql": null}}}, "errors": [
          {"message": "\(message)", "path": ["actor", "account", "nrql"],
           "locations": [{"line": 1, "column": 1}], "extensions": {"errorClass": "\(kind)"}}]}
        """
    }

    static let cases: [Wire] = [
        Wire(
            kind: .newRelic, name: "one row", body: rows("{\"average.duration\": 0.25}"),
            end: .number(0.25, at: 1_700_000_300)),
        Wire(
            kind: .newRelic, name: "a percentile",
            body: rows("{\"percentile.duration\": {\"95\": 0.75}}"),
            end: .number(0.75, at: 1_700_000_300)),
        Wire(
            kind: .newRelic, name: "buckets of time",
            body: rows(
                """
                {"beginTimeSeconds": 1700000100, "endTimeSeconds": 1700000160, "count": 3},
                {"beginTimeSeconds": 1700000160, "endTimeSeconds": 1700000220, "count": 4}
                """), reduction: .sum, end: .number(7, at: 1_700_000_220)),
        Wire(
            kind: .newRelic, name: "no value", body: rows("{\"average.duration\": null}"),
            end: .none(.missing, "")),
        Wire(kind: .newRelic, name: "no row", body: rows(""), end: .none(.missing, "")),
        Wire(
            kind: .newRelic, name: "facets",
            body: rows(
                """
                {"facet": "v1", "appVersion": "v1", "count": 3},
                {"facet": "v2", "appVersion": "v2", "count": 4}
                """), end: .none(.severalSeries(["count{v1}", "count{v2}"]), "")),
        Wire(
            kind: .newRelic, name: "several columns",
            body: rows("{\"count\": 3, \"average.duration\": 0.5}"),
            end: .none(.severalSeries(["count", "average.duration"]), "")),
        Wire(
            kind: .newRelic, name: "text", body: rows("{\"latest.name\": \"shop\"}"),
            end: .none(.wrongType("text"), "")),
        Wire(
            kind: .newRelic, name: "bad NRQL",
            body: errors("NRQL Syntax Error: Error at line 1", "NRQL_SYNTAX_ERROR"),
            end: .none(.refused, "NRQL Syntax Error: Error at line 1")),
        Wire(
            kind: .newRelic, name: "another account",
            body: errors("Access denied.", "ACCESS_DENIED"),
            end: .none(.denied, "Access denied.")),
        Wire(
            kind: .newRelic, name: "took too long", body: errors("Query timed out", "TIMEOUT"),
            end: .none(.status(200), "Query timed out")),
        Wire(
            kind: .newRelic, name: "half an answer",
            body: """
                {"data": {"actor": {"account": {"nrql": {"results": [{"count": 1}]}}}},
                 "errors": [{"message": "part of it failed", "extensions": {}}]}
                """, end: .none(.refused, "part of it failed")),
        Wire(
            kind: .newRelic, name: "no key", status: 401,
            body: "{\"errors\": [{\"message\": \"The API key provided is invalid\"}]}",
            end: .none(.denied, "The API key provided is invalid")),
        Wire(
            kind: .newRelic, name: "too many", status: 429, body: "{}",
            end: .none(.status(429), "")),
        Wire(kind: .newRelic, name: "no data", body: "{}", end: .none(.undecodable, "")),
    ]

    @Test(arguments: cases) func says(_ wire: Wire) async throws {
        #expect(try await wire.played() == wire.end)
    }

    @Test(arguments: [
        (
            "SELECT average(duration) FROM Transaction",
            "SELECT average(duration) FROM Transaction SINCE 1700000000000 UNTIL 1700000300000"
        ),
        (
            "SELECT count(*) FROM T since 5 minutes ago",
            "SELECT count(*) FROM T since 5 minutes ago"
        ),
    ])
    func asks(_ query: String, _ asks: String) async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: query, from: Kind.newRelic.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.method == "POST")
            #expect(request.path == "/graphql")
            #expect(request.headers["API-Key"] == Wiring.variables[0].value)
            let tree = try JSONReader.tree(of: request.body)
            #expect(tree.at("variables", "account")?.whole == 42)
            #expect(tree.at("variables", "nrql")?.text == asks)
            #expect(tree["query"]?.text?.contains("nrql(query: $nrql") == true)
        }
    }
}
