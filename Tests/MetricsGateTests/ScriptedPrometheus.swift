import HTTPMessages
import JSONTree
import Synchronization

/// A Prometheus that answers each query by the first rule whose words all occur in it.
final class ScriptedPrometheus: HTTPTransport, Sendable {
    struct Asked: Sendable {
        var request: HTTPRequest
        var query: String
        var time: Double?
    }

    struct Rule: Sendable {
        var words: [String]
        var answer: @Sendable (Asked) throws(HTTPFailure) -> HTTPResponse
    }

    static let now = 1_700_000_000.0

    private let rules: [Rule]
    private let log = Mutex<[Asked]>([])

    init(_ rules: [Rule]) { self.rules = rules }

    var asked: [Asked] { log.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let form =
            request.body.bytes.map { String(decoding: $0, as: UTF8.self) }.flatMap {
                $0.isEmpty ? nil : $0
            } ?? String(request.url.drop { $0 != "?" }.dropFirst())
        var fields: [String: String] = [:]
        for field in form.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1)
            fields[String(parts[0])] = parts.count == 2 ? Self.decoded(parts[1]) : ""
        }
        let asked = Asked(
            request: request, query: fields["query"] ?? "",
            time: fields["time"].flatMap(Double.init))
        log.withLock { $0.append(asked) }
        for rule in rules where rule.words.allSatisfy({ asked.query.contains($0) }) {
            return try rule.answer(asked)
        }
        return Self.body(["status": "success", "data": ["resultType": "vector", "result": []]])
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2 {
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                bytes.append(UInt8(digits, radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func body(_ tree: JSONTree, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: .tree(tree))
    }

    /// A vector with one unlabelled series per value, as of the time asked for.
    static func vector(_ values: [String], _ asked: Asked) -> HTTPResponse {
        labelled(values.enumerated().map { (["n": .string("\($0.offset)")], $0.element) }, asked)
    }

    static func labelled(_ series: [(JSONTree, String)], _ asked: Asked) -> HTTPResponse {
        let at = asked.time ?? now
        let result = series.map { labels, value -> JSONTree in
            ["metric": labels, "value": [.number(at), .string(value)]]
        }
        return body([
            "status": "success", "data": ["resultType": "vector", "result": .array(result)],
        ])
    }
}

extension ScriptedPrometheus.Rule {
    /// Answers one number.
    static func number(_ words: String..., is value: String) -> Self {
        Self(words: words) { ScriptedPrometheus.vector([value], $0) }
    }

    static func answer(_ words: String..., with response: HTTPResponse) -> Self {
        Self(words: words) { _ in response }
    }

    static func fails(_ words: String..., as failure: HTTPFailure) -> Self {
        Self(words: words) { _ throws(HTTPFailure) in throw failure }
    }

    /// The service was scraped so many seconds ago.
    static func fresh(ago: Double = 3) -> Self {
        Self(words: ["timestamp("]) {
            ScriptedPrometheus.vector(["\(($0.time ?? ScriptedPrometheus.now) - ago)"], $0)
        }
    }
}
