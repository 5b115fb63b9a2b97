import HTTPMessages
import JSONTree
import Testing

/// An answer of Prometheus that is no number, and the sentence that the verdict gets.
struct BadAnswer: Sendable, CustomTestStringConvertible {
    var name: String
    var rule: @Sendable (String) -> ScriptedPrometheus.Rule
    var sentence: String

    var testDescription: String { name }

    init(_ name: String, _ answer: HTTPResponse, _ sentence: String) {
        self.name = name
        rule = { .answer($0, with: answer) }
        self.sentence = sentence
    }

    init(_ name: String, _ reason: HTTPFailure.Reason, _ sentence: String) {
        self.name = name
        let failure = HTTPFailure(reason, reached: .never, place: "GET http://prom")
        rule = { .fails($0, as: failure) }
        self.sentence = sentence
    }

    private static func success(_ type: String, _ result: JSONTree, _ rest: (String, JSONTree)...)
        -> HTTPResponse
    {
        var tree: JSONTree = [
            "status": "success", "data": ["resultType": .string(type), "result": result],
        ]
        for (key, value) in rest { tree[key] = value }
        return ScriptedPrometheus.body(tree)
    }

    /// As of the instant that every scripted answer is of.
    private static func vector(_ values: String...) -> HTTPResponse {
        success(
            "vector",
            .array(
                values.enumerated().map { index, value in
                    [
                        "metric": ["pod": .string("p\(index)")],
                        "value": [.number(ScriptedPrometheus.now), .string(value)],
                    ]
                }))
    }

    static let table = [
        BadAnswer("refused", .refused, "nobody listens at Prometheus's address"),
        BadAnswer("hang", .timedOut, "Prometheus does not answer in time"),
        BadAnswer("reset", .reset, "the connection to Prometheus broke"),
        BadAnswer("50 MB", .tooLarge, "the answer is too large"),
        BadAnswer(
            "2 MB",
            HTTPResponse(status: 200, body: .bytes([UInt8](repeating: 32, count: 2 << 20))),
            "the answer is too large"),
        BadAnswer(
            "400",
            ScriptedPrometheus.body(
                ["status": "error", "errorType": "bad_data", "error": "parse error"], status: 400),
            "Prometheus refuses the query (parse error)"),
        BadAnswer("401", HTTPResponse(status: 401), "Prometheus denies access"),
        BadAnswer("404", HTTPResponse(status: 404), "Prometheus answers with status 404"),
        BadAnswer("500", HTTPResponse(status: 500), "Prometheus answers with status 500"),
        BadAnswer(
            "503",
            ScriptedPrometheus.body(
                ["status": "error", "errorType": "timeout", "error": "too slow"], status: 503),
            "Prometheus answers with status 503 (too slow)"),
        BadAnswer(
            "NaN", vector("NaN"),
            "the value is not a number, as when nothing is divided by nothing"),
        BadAnswer(
            "+Inf", vector("+Inf"),
            "the value is infinite, as when something is divided by nothing"),
        BadAnswer(
            "-Inf", vector("-Inf"),
            "the value is infinite, as when something is divided by nothing"),
        BadAnswer(
            "several series", vector("1", "2"),
            "the query gives several series, such as {pod=\"p0\"} and {pod=\"p1\"}"),
        BadAnswer(
            "matrix", success("matrix", []), "the query gives a matrix, not one number"),
        BadAnswer(
            "string", success("string", [1.5, "x"]), "the query gives a string, not one number"),
        BadAnswer(
            "warnings", success("vector", [], ("warnings", ["store 2 is away"])),
            "Prometheus could not read everything (store 2 is away)"),
        BadAnswer(
            "cut off", HTTPResponse(status: 200, body: .text("{\"status\": \"success\", \"da")),
            "the answer is not Prometheus's"),
        BadAnswer(
            "a page", HTTPResponse(status: 200, body: .text("<html>")),
            "the answer is not Prometheus's"),
        BadAnswer("nothing", HTTPResponse(status: 200), "the answer is not Prometheus's"),
    ]
}
