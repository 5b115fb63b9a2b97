import HTTPMessages
import HTTPServer
import JSONTree
import Testing

@testable import MetricsSources

@Suite struct GoogleTests {
    private static let filter = "metric.type=\"shop/errors\""

    private static func listed(_ value: String, _ label: String = "v2") -> String {
        """
        {"metric": {"type": "shop/errors", "labels": {"version": "\(label)"}},
         "resource": {"type": "k8s_container", "labels": {"namespace_name": "shop"}},
         "metricKind": "GAUGE", "valueType": "DOUBLE", "points": [
          {"interval": {"startTime": "2023-11-14T22:16:00Z", "endTime": "2023-11-14T22:16:00Z"},
           "value": {\(value)}},
          {"interval": {"startTime": "2023-11-14T22:15:00Z", "endTime": "2023-11-14T22:15:00Z"},
           "value": {"doubleValue": 9}}]}
        """
    }

    private static func queried(_ values: String) -> String {
        """
        {"timeSeriesDescriptor": {"labelDescriptors": [{"key": "version"}],
          "pointDescriptors": [{"key": "value.errors", "valueType": "DOUBLE"}]},
         "timeSeriesData": [{"labelValues": [{"stringValue": "v2"}], "pointData": [
          {"values": [\(values)], "timeInterval": {"startTime": "2023-11-14T22:15:00Z",
           "endTime": "2023-11-14T22:16:00Z"}}]}]}
        """
    }

    private static func error(_ code: Int, _ message: String, _ status: String) -> String {
        "{\"error\": {\"code\": \(code), \"message\": \"\(message)\", \"status\": \"\(status)\"}}"
    }

    static let cases: [Wire] = [
        Wire(
            kind: .google, name: "MQL", body: queried("{\"doubleValue\": 0.5}"),
            end: .number(0.5, at: 1_700_000_160)),
        Wire(
            kind: .google, name: "MQL with whole numbers", body: queried("{\"int64Value\": \"7\"}"),
            end: .number(7, at: 1_700_000_160)),
        Wire(
            kind: .google, name: "MQL with two columns",
            body: queried("{\"doubleValue\": 1}, {\"doubleValue\": 2}"),
            end: .none(.wrongType("table of several values"), "")),
        Wire(kind: .google, name: "nothing", body: "{}", end: .none(.missing, "")),
        Wire(
            kind: .google, name: "a list, the newest first",
            body: "{\"timeSeries\": [\(listed("\"doubleValue\": 0.5"))], \"unit\": \"1\"}",
            query: filter, end: .number(0.5, at: 1_700_000_160)),
        Wire(
            kind: .google, name: "several series",
            body: """
                {"timeSeries": [\(listed("\"doubleValue\": 1", "v1")),
                 \(listed("\"doubleValue\": 1"))]}
                """, query: filter,
            end: .none(
                .severalSeries([
                    "shop/errors{namespace_name=\"shop\",version=\"v1\"}",
                    "shop/errors{namespace_name=\"shop\",version=\"v2\"}",
                ]), "")),
        Wire(
            kind: .google, name: "a distribution",
            body: "{\"timeSeries\": [\(listed("\"distributionValue\": {\"count\": \"3\"}"))]}",
            query: filter, end: .none(.wrongType("distribution"), "")),
        Wire(
            kind: .google, name: "yes or no",
            body: "{\"timeSeries\": [\(listed("\"boolValue\": true"))]}", query: filter,
            end: .none(.wrongType("yes or no"), "")),
        Wire(
            kind: .google, name: "errors on the way",
            body: """
                {"timeSeries": [\(listed("\"doubleValue\": 1"))],
                 "executionErrors": [{"code": 14, "message": "a zone is away"}]}
                """, query: filter, end: .none(.partial, "a zone is away")),
        Wire(
            kind: .google, name: "partial errors",
            body: "{\"partialErrors\": [{\"code\": 13, \"message\": \"half of it\"}]}",
            end: .none(.partial, "half of it")),
        Wire(
            kind: .google, name: "more pages",
            body: "{\"timeSeries\": [], \"nextPageToken\": \"abc\"}", query: filter,
            end: .none(.partial, "the answer has more pages")),
        Wire(
            kind: .google, name: "a bad filter", status: 400,
            body: error(400, "The provided filter is invalid", "INVALID_ARGUMENT"),
            query: filter, end: .none(.refused, "The provided filter is invalid")),
        Wire(
            kind: .google, name: "bad MQL", status: 400,
            body: "[\(error(400, "Request was invalid.", "INVALID_ARGUMENT"))]",
            end: .none(.refused, "Request was invalid.")),
        Wire(
            kind: .google, name: "an old token", status: 401,
            body: error(401, "invalid authentication credentials", "UNAUTHENTICATED"),
            end: .none(.denied, "invalid authentication credentials")),
        Wire(
            kind: .google, name: "not allowed", status: 403,
            body: error(403, "Permission denied", "PERMISSION_DENIED"),
            end: .none(.denied, "Permission denied")),
        Wire(
            kind: .google, name: "too many", status: 429,
            body: error(429, "Quota exceeded", "RESOURCE_EXHAUSTED"),
            end: .none(.status(429), "Quota exceeded")),
        Wire(
            kind: .google, name: "parameters that are no text", body: "{}",
            query: "{\"pageSize\": 3}", end: .none(.refused, "a parameter of the query is no text")),
    ]

    @Test(arguments: cases) func says(_ wire: Wire) async throws {
        #expect(try await wire.played() == wire.end)
    }

    @Test func asksByMQL() async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: Kind.google.query, from: Kind.google.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.method == "POST")
            #expect(request.path == "/v3/projects/shop-1/timeSeries:query")
            #expect(request.headers["Authorization"] == "Bearer planted-token-0123456789")
            let tree = try JSONReader.tree(of: request.body)
            #expect(
                tree["query"]?.text
                    == "\(Kind.google.query) | within 300s, d'2023/11/14-22:18:20'")
        }
    }

    @Test(arguments: [
        (filter, nil),
        ("{\"filter\": \"f\", \"aggregation.perSeriesAligner\": \"ALIGN_RATE\"}", "ALIGN_RATE"),
    ])
    func asksByFilter(_ query: String, _ aligner: String?) async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: query, from: Kind.google.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.method == "GET")
            #expect(request.path == "/v3/projects/shop-1/timeSeries")
            #expect(request[parameter: "interval.startTime"] == "2023-11-14T22:13:20Z")
            #expect(request[parameter: "interval.endTime"] == "2023-11-14T22:18:20Z")
            #expect(request[parameter: "filter"] == (aligner == nil ? query : "f"))
            #expect(request[parameter: "aggregation.perSeriesAligner"] == aligner)
        }
    }
}
