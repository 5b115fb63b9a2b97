import HTTPMessages
import HTTPServer
import Testing

@testable import MetricsSources

@Suite struct SplunkTests {
    static let cases: [Wire] = [
        Wire(
            kind: .splunk, name: "one row",
            body:
                "{\"preview\":false,\"offset\":0,\"lastrow\":true,\"result\":{\"count\":\"42\"}}\n",
            end: .number(42, at: 1_700_000_300)),
        Wire(
            kind: .splunk, name: "a preview is no result",
            body: """
                {"preview":true,"offset":0,"lastrow":true,"result":{"count":"3"}}
                {"preview":false,"offset":0,"lastrow":true,"result":{"count":"42"}}
                """, end: .number(42, at: 1_700_000_300)),
        Wire(
            kind: .splunk, name: "a chart over time",
            body: """
                {"preview":false,"result":{"_time":"2023-11-14T22:15:00.000+00:00","n":"3","_span":"60"}}
                {"preview":false,"lastrow":true,"result":{"_time":"2023-11-14T23:16:00.000+0100","n":"4"}}
                """, reduction: .sum, end: .number(7, at: 1_700_000_160)),
        Wire(
            kind: .splunk, name: "several rows",
            body: """
                {"preview":false,"offset":0,"result":{"version":"v1","count":"3"}}
                {"preview":false,"offset":1,"lastrow":true,"result":{"version":"v2","count":"4"}}
                """,
            end: .none(
                .severalSeries(["count{version=\"v1\"}", "count{version=\"v2\"}"]), "")),
        Wire(
            kind: .splunk, name: "several columns",
            body: "{\"preview\":false,\"lastrow\":true,\"result\":{\"a\":\"1\",\"b\":\"2\"}}",
            end: .none(.severalSeries(["a", "b"]), "")),
        Wire(kind: .splunk, name: "nothing", body: "", end: .none(.missing, "")),
        Wire(
            kind: .splunk, name: "nothing found", body: "{\"preview\":false,\"lastrow\":true}\n",
            end: .none(.missing, "")),
        Wire(
            kind: .splunk, name: "words",
            body: "{\"preview\":false,\"lastrow\":true,\"result\":{\"version\":\"two\"}}",
            end: .none(.wrongType("text"), "")),
        Wire(
            kind: .splunk, name: "cut off between lines",
            body: "{\"preview\":false,\"offset\":0,\"result\":{\"count\":\"42\"}}\n",
            end: .none(.partial, "the answer lacks its last row")),
        Wire(
            kind: .splunk, name: "cut off in a line", body: "{\"preview\":false,\"offset\":0,\"res",
            end: .none(.undecodable, "")),
        Wire(
            kind: .splunk, name: "a warning",
            body: """
                {"preview":false,"lastrow":true,"result":{"count":"42"}}
                {"messages":[{"type":"WARN","text":"Search peer idx2 is away"}]}
                """, end: .none(.partial, "Search peer idx2 is away")),
        Wire(
            kind: .splunk, name: "a fatal message with status 200",
            body: "{\"messages\":[{\"type\":\"FATAL\",\"text\":\"Error in 'stats' command\"}]}",
            end: .none(.refused, "Error in 'stats' command")),
        Wire(
            kind: .splunk, name: "a debug message",
            body: """
                {"messages":[{"type":"DEBUG","text":"base lispy"}]}
                {"preview":false,"lastrow":true,"result":{"count":"42"}}
                """, end: .number(42, at: 1_700_000_300)),
        Wire(
            kind: .splunk, name: "bad SPL", status: 400,
            body:
                "{\"messages\":[{\"type\":\"FATAL\",\"text\":\"Unknown search command 'sttas'.\"}]}",
            end: .none(.refused, "Unknown search command 'sttas'.")),
        Wire(
            kind: .splunk, name: "not signed in", status: 401,
            body:
                "{\"messages\":[{\"type\":\"WARN\",\"text\":\"call not properly authenticated\"}]}",
            end: .none(.denied, "call not properly authenticated")),
        Wire(
            kind: .splunk, name: "too many searches", status: 503,
            body: "{\"messages\":[{\"type\":\"FATAL\",\"text\":\"maximum number of searches\"}]}",
            end: .none(.status(503), "maximum number of searches")),
    ]

    @Test(arguments: cases) func says(_ wire: Wire) async throws {
        #expect(try await wire.played() == wire.end)
    }

    @Test(arguments: [
        ("index=shop | stats count", "search index=shop | stats count"),
        ("search index=shop", "search index=shop"), (" | tstats count", "| tstats count"),
    ])
    func asks(_ query: String, _ search: String) async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: query, from: Kind.splunk.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.method == "POST")
            #expect(request.path == "/services/search/jobs/export")
            let form = HTTPServerRequest(
                method: "GET", target: "/?" + String(decoding: request.body, as: UTF8.self))
            #expect(form[parameter: "search"] == search)
            #expect(form[parameter: "earliest_time"] == "1700000000")
            #expect(form[parameter: "latest_time"] == "1700000300")
            #expect(form[parameter: "output_mode"] == "json")
            #expect(form[parameter: "preview"] == "false")
        }
    }
}
