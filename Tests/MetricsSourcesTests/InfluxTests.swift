import HTTPMessages
import HTTPServer
import JSONTree
import Testing

@testable import MetricsSources

@Suite struct InfluxTests {
    private static let head = """
        #datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string
        #group,false,false,true,true,false,false,true
        #default,_result,,,,,,
        ,result,table,_start,_stop,_time,_value,host

        """

    private static func record(_ table: Int, _ time: String, _ value: String, _ host: String = "a")
        -> String
    {
        ",,\(table),2023-11-14T22:13:20Z,2023-11-14T22:18:20Z,\(time),\(value),\(host)\r\n"
    }

    static let cases: [Wire] = [
        Wire(
            kind: .influx, name: "the last of its points",
            body: head + record(0, "2023-11-14T22:15:00Z", "1.5")
                + record(0, "2023-11-14T22:16:00.5Z", "2.5") + "\r\n",
            end: .number(2.5, at: 1_700_000_160.5)),
        Wire(
            kind: .influx, name: "an aggregate without a time",
            body: """
                #datatype,string,long,long
                #group,false,false,false
                #default,_result,,
                ,result,table,_value
                ,,0,42

                """, end: .number(42, at: 1_700_000_300)),
        Wire(
            kind: .influx, name: "several series",
            body: head + record(0, "2023-11-14T22:15:00Z", "1", "a")
                + record(1, "2023-11-14T22:15:00Z", "2", "b"),
            end: .none(.severalSeries(["{host=\"a\"}", "{host=\"b\"}"]), "")),
        Wire(
            kind: .influx, name: "several tables",
            body: head + record(0, "2023-11-14T22:15:00Z", "1", "a") + "\r\n" + head
                + record(1, "2023-11-14T22:15:00Z", "2", "\"b,\"\"c\"\"\""),
            end: .none(.severalSeries(["{host=\"a\"}", "{host=\"b,\"c\"\"}"]), "")),
        Wire(kind: .influx, name: "nothing", body: "\r\n", end: .none(.missing, "")),
        Wire(kind: .influx, name: "nothing at all", body: "", end: .none(.missing, "")),
        Wire(
            kind: .influx, name: "not a number",
            body: head + record(0, "2023-11-14T22:15:00Z", "NaN"), end: .none(.notANumber, "")),
        Wire(
            kind: .influx, name: "infinite",
            body: head + record(0, "2023-11-14T22:15:00Z", "+Inf"), end: .none(.infinite, "")),
        Wire(
            kind: .influx, name: "a gap", body: head + record(0, "2023-11-14T22:15:00Z", ""),
            end: .none(.missing, "")),
        Wire(
            kind: .influx, name: "text",
            body: """
                #datatype,string,long,string
                #group,false,false,false
                #default,_result,,
                ,result,table,_value
                ,,0,shop

                """, end: .none(.wrongType("string"), "")),
        Wire(
            kind: .influx, name: "no value",
            body:
                "#datatype,string,long\n#group,false,false\n#default,_result,\n,result,table\n,,0\n",
            end: .none(.wrongType("table"), "")),
        Wire(
            kind: .influx, name: "an error half-way",
            body: head + record(0, "2023-11-14T22:15:00Z", "1") + "\r\n"
                + "#datatype,string,string\n#group,true,true\n#default,,\n,error,reference\n"
                + ",Failed to parse query,897\n",
            end: .none(.refused, "Failed to parse query")),
        Wire(
            kind: .influx, name: "cut off in a cell", body: head + ",,0,\"2023",
            end: .none(.undecodable, "")),
        Wire(
            kind: .influx, name: "a record too short", body: head + ",,0,2023\n",
            end: .none(.undecodable, "")),
        Wire(
            kind: .influx, name: "a page", body: "<html>, login</html>\n",
            end: .none(.undecodable, "")),
        Wire(
            kind: .influx, name: "bad Flux", status: 400,
            body: "{\"code\": \"invalid\", \"message\": \"compilation failed: loc 1:1\"}",
            end: .none(.refused, "compilation failed: loc 1:1")),
        Wire(
            kind: .influx, name: "no token", status: 401,
            body: "{\"code\": \"unauthorized\", \"message\": \"unauthorized access\"}",
            end: .none(.denied, "unauthorized access")),
        Wire(
            kind: .influx, name: "no such organization", status: 404,
            body: "{\"code\": \"not found\", \"message\": \"organization name not found\"}",
            end: .none(.status(404), "organization name not found")),
        Wire(
            kind: .oldInflux, name: "a mean",
            body: """
                {"results": [{"statement_id": 0, "series": [{"name": "errors",
                  "columns": ["time", "mean"], "values": [[1700000160000, 1.5]]}]}]}
                """, end: .number(1.5, at: 1_700_000_160)),
        Wire(
            kind: .oldInflux, name: "several tags",
            body: """
                {"results": [{"statement_id": 0, "series": [
                  {"name": "errors", "tags": {"host": "a"}, "columns": ["time", "mean"],
                   "values": [[1700000160000, 1]]},
                  {"name": "errors", "tags": {"host": "b"}, "columns": ["time", "mean"],
                   "values": [[1700000160000, 1]]}]}]}
                """,
            end: .none(
                .severalSeries(["mean of errors{host=\"a\"}", "mean of errors{host=\"b\"}"]), "")),
        Wire(
            kind: .oldInflux, name: "nothing", body: "{\"results\": [{\"statement_id\": 0}]}",
            end: .none(.missing, "")),
        Wire(
            kind: .oldInflux, name: "an error with status 200",
            body: "{\"results\": [{\"statement_id\": 0, \"error\": \"database not found: shop\"}]}",
            end: .none(.refused, "database not found: shop")),
        Wire(
            kind: .oldInflux, name: "a part",
            body: "{\"results\": [{\"statement_id\": 0, \"series\": [], \"partial\": true}]}",
            end: .none(.partial, "")),
        Wire(
            kind: .oldInflux, name: "bad InfluxQL", status: 400,
            body: "{\"error\": \"error parsing query: found SELEC\"}",
            end: .none(.refused, "error parsing query: found SELEC")),
    ]

    @Test(arguments: cases) func says(_ wire: Wire) async throws {
        #expect(try await wire.played() == wire.end)
    }

    @Test func asks() async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: Kind.influx.query, from: Kind.influx.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.method == "POST")
            #expect(request.path == "/api/v2/query")
            #expect(request[parameter: "org"] == "crew")
            #expect(request.headers["Authorization"] == "Token planted-token-0123456789")
            let tree = try JSONReader.tree(of: request.body)
            #expect(tree["query"]?.text == Kind.influx.query)
            #expect(tree.at("dialect", "annotations")?.items?.count == 3)
        }
    }

    @Test func asksTheOldOne() async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: Kind.oldInflux.query, from: Kind.oldInflux.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.path == "/query")
            #expect(request[parameter: "db"] == "shop")
            #expect(request[parameter: "epoch"] == "ms")
            #expect(request[parameter: "q"] == Kind.oldInflux.query)
        }
    }
}
