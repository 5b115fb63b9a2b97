internal import HTTPMessages
internal import JSONTree

/// Any server that answers JSON: the query is `PATH?QUERY#JSONPATH`, as `/stats?v=2#$.errors.ratio`.
///
/// What stands after `#` is never sent; it says where in the answer the number is.
struct WebWire: SourceWire {
    let address: String
    let method: String
    let body: String?
    let title = "the web source"

    func request(_ question: WireQuestion) throws(WireFault) -> HTTPRequest {
        _ = try path(question)
        let target = question.query.prefix { $0 != "#" }
        guard target.isEmpty || target.hasPrefix("/") || target.hasPrefix("?"),
            target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw WireFault(.refused, "the query must begin with / or ?, and have no blanks")
        }
        var headers: HTTPHeaders = ["Accept": "application/json"]
        if body != nil { headers["Content-Type"] = "application/json" }
        return HTTPRequest(
            method, address + target, headers: headers, body: body.map(HTTPBody.text) ?? .empty)
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        guard let tree = answer.tree else { throw WireFault(.undecodable) }
        let values = try path(question).values(in: tree)
        var series: [MetricsSeries] = []
        for (index, value) in values.enumerated() {
            let number = try WirePoints.number(value)
            series.append(
                MetricsSeries(
                    name: "value \(index + 1)",
                    points: number.map {
                        [MetricsSeries.Point(at: question.span.to, value: $0)]
                    } ?? []))
        }
        return series
    }

    private func path(_ question: WireQuestion) throws(WireFault) -> JSONPath {
        let parts = question.query.split(
            separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let path = JSONPath(String(parts[1])) else {
            throw WireFault(.refused, "the query must end with # and a JSON path, as #$.ratio")
        }
        return path
    }

    /// A stranger's words are not repeated: nobody knows what they hold.
    func refusal(_ answer: WireAnswer) -> WireFault? { nil }
}
