import Digests
import HTTPMessages
import HTTPServer
import JSONTree
import Processes
import Secrets
import Testing

@testable import MetricsSources

@Suite struct CloudWatchTests {
    private static func results(_ results: String, _ rest: String = "\"Messages\": []") -> String {
        "{\"MetricDataResults\": [\(results)], \(rest)}"
    }

    private static func result(
        _ values: String, status: String = "Complete", id: String = "q1", messages: String = ""
    ) -> String {
        """
        {"Id": "\(id)", "Label": "Errors \(id)", "StatusCode": "\(status)",
         "Timestamps": [1700000160, 1700000220], "Values": [\(values)], "Messages": [\(messages)]}
        """
    }

    private static func error(_ type: String, _ message: String) -> String {
        "{\"__type\": \"com.amazonaws.cloudwatch#\(type)\", \"message\": \"\(message)\"}"
    }

    static let cases: [Wire] = [
        Wire(
            kind: .cloudWatch, name: "the last of its points", body: results(result("1.5, 2.5")),
            end: .number(2.5, at: 1_700_000_220)),
        Wire(
            kind: .cloudWatch, name: "no result", body: results(""), end: .none(.missing, "")),
        Wire(
            kind: .cloudWatch, name: "no point",
            body: results(
                "{\"Id\": \"q\", \"StatusCode\": \"Complete\", \"Timestamps\": [], \"Values\": []}"),
            end: .none(.missing, "")),
        Wire(
            kind: .cloudWatch, name: "several results",
            body: results(result("1, 2") + "," + result("1, 2", id: "q2")),
            end: .none(.severalSeries(["Errors q1", "Errors q2"]), "")),
        Wire(
            kind: .cloudWatch, name: "partial data",
            body: results(result("1, 2", status: "PartialData")),
            end: .none(.partial, "PartialData")),
        Wire(
            kind: .cloudWatch, name: "an internal error",
            body: results(result("1, 2", status: "InternalError")),
            end: .none(.partial, "InternalError")),
        Wire(
            kind: .cloudWatch, name: "forbidden",
            body: results(result("1, 2", status: "Forbidden")), end: .none(.denied, "")),
        Wire(
            kind: .cloudWatch, name: "a message at the result",
            body: results(
                result("1, 2", messages: "{\"Code\": \"ArithmeticError\", \"Value\": \"by zero\"}")),
            end: .none(.partial, "ArithmeticError: by zero")),
        Wire(
            kind: .cloudWatch, name: "a message at all",
            body: results(
                result("1, 2"), "\"Messages\": [{\"Code\": \"Max\", \"Value\": \"too many\"}]"),
            end: .none(.partial, "Max: too many")),
        Wire(
            kind: .cloudWatch, name: "more pages",
            body: results(result("1, 2"), "\"NextToken\": \"abc\""),
            end: .none(.partial, "the answer has more pages")),
        Wire(
            kind: .cloudWatch, name: "a value missing", body: results(result("1")),
            end: .none(.undecodable, "")),
        Wire(
            kind: .cloudWatch, name: "a bad expression", status: 400,
            body: error("ValidationError", "Error in expression"),
            end: .none(.refused, "ValidationError, Error in expression")),
        Wire(
            kind: .cloudWatch, name: "a bad token", status: 400,
            body: error("UnrecognizedClientException", "The security token is invalid"),
            end: .none(.denied, "UnrecognizedClientException, The security token is invalid")),
        Wire(
            kind: .cloudWatch, name: "a bad signature", status: 403,
            body: error("SignatureDoesNotMatch", "calculated another"),
            end: .none(.denied, "SignatureDoesNotMatch, calculated another")),
        Wire(
            kind: .cloudWatch, name: "throttled", status: 400,
            body: error("ThrottlingException", "Rate exceeded"),
            end: .none(.status(429), "ThrottlingException, Rate exceeded")),
        Wire(
            kind: .cloudWatch, name: "broken", status: 500, body: error("InternalFailure", "sorry"),
            end: .none(.status(500), "InternalFailure, sorry")),
        Wire(
            kind: .cloudWatch, name: "a query that is no JSON", body: "", query: "[{",
            end: .none(.refused, "the query is no JSON list of MetricDataQueries")),
    ]

    @Test(arguments: cases) func says(_ wire: Wire) async throws {
        #expect(try await wire.played() == wire.end)
    }

    @Test(arguments: [
        ("SELECT AVG(Errors) FROM Shop", 1), ("[{\"Id\": \"a\"}, {\"Id\": \"b\"}]", 2),
        (" {\"Id\": \"a\"}", 1),
    ])
    func asks(_ query: String, _ count: Int) async throws {
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: query, from: Kind.cloudWatch.spec(url))
            let request = try #require(asked.requests.first)
            #expect(request.method == "POST")
            #expect(request.path == "/")
            #expect(
                request.headers["X-Amz-Target"] == "GraniteServiceVersion20100801.GetMetricData")
            let tree = try JSONReader.tree(of: request.body)
            #expect(tree["StartTime"]?.whole == 1_700_000_000)
            #expect(tree["EndTime"]?.whole == 1_700_000_300)
            #expect(tree["MetricDataQueries"]?.items?.count == count)
        }
    }

    /// The server works the signature out for itself, as Amazon's pages tell to.
    @Test(arguments: [false, true]) func signs(_ hasSession: Bool) async throws {
        let spec = { (address: String) -> SourceSpec in
            SourceSpec(
                name: "cw", kind: .cloudWatch, address: address,
                access: SourceAccess(credentials: [
                    .signature(
                        region: "eu-west-1", service: "monitoring",
                        accessKey: .environment("OTHER"),
                        secretKey: .environment("TOKEN"),
                        sessionToken: hasSession ? .environment("TOKEN") : nil)
                ]))
        }
        try await serving(HTTPResponse(status: 500)) { url, asked in
            _ = await Wiring.reading(of: Kind.cloudWatch.query, from: spec(url))
            let request = try #require(asked.requests.first)
            let token = request.headers["X-Amz-Security-Token"]
            #expect(token == (hasSession ? Wiring.variables[0].value : nil))
            let line = try #require(request.headers["Authorization"])
            let signature = try Signature(line)
            #expect(signature.signed.contains("host"))
            #expect(signature.signed.contains("x-amz-date"))
            #expect(!hasSession || signature.signed.contains("x-amz-security-token"))
            #expect(
                signature.scope.hasPrefix("\(Wiring.variables[1].value)/")
                    && signature.scope.hasSuffix("/eu-west-1/monitoring/aws4_request"))
            #expect(
                signature.value == signature.expected(request, secret: Wiring.variables[0].value))
            #expect(signature.value != signature.expected(request, secret: "another"))
        }
    }
}

/// An `Authorization` line of Amazon's, and what it ought to say.
private struct Signature {
    let scope: String
    let signed: [String]
    let value: String

    init(_ line: String) throws {
        try #require(line.hasPrefix("AWS4-HMAC-SHA256 "))
        var parts: [String: String] = [:]
        for part in line.dropFirst(17).split(separator: ",") {
            let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            parts[String(pair[0])] = pair.count == 2 ? String(pair[1]) : ""
        }
        scope = parts["Credential"] ?? ""
        signed = (parts["SignedHeaders"] ?? "").split(separator: ";").map(String.init)
        value = parts["Signature"] ?? ""
    }

    func expected(_ request: HTTPServerRequest, secret: String) -> String {
        let lines = signed.map { name in "\(name):\(request.headers[name] ?? "")\n" }.joined()
        let canonical = [
            request.method, request.rawPath, request.query ?? "", lines,
            signed.joined(separator: ";"), SHA256.hex(of: request.body),
        ].joined(separator: "\n")
        let date = request.headers["x-amz-date"] ?? ""
        let parts = scope.split(separator: "/").dropFirst().map(String.init)
        let text = [
            "AWS4-HMAC-SHA256", date, parts.joined(separator: "/"), SHA256.hex(of: canonical),
        ].joined(separator: "\n")
        var key = Array("AWS4\(secret)".utf8)
        for part in parts { key = HMACSHA256.bytes(key: key, message: Array(part.utf8)) }
        return HMACSHA256.hex(key: key, message: Array(text.utf8))
    }
}
