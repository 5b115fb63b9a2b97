internal import HTTPMessages
internal import JSONTree

/// Amazon CloudWatch's GetMetricData, in its JSON form; who signs is not known here.
struct CloudWatchWire: SourceWire {
    let address: String
    let title = "CloudWatch"

    func request(_ question: WireQuestion) throws(WireFault) -> HTTPRequest {
        let tree: JSONTree = [
            "StartTime": .integer(WireTime.whole(question.span.from)),
            "EndTime": .integer(WireTime.whole(question.span.to)),
            "ScanBy": "TimestampAscending", "MetricDataQueries": try queries(question),
        ]
        return HTTPRequest(
            "POST", "\(address)/",
            headers: [
                "X-Amz-Target": "GraniteServiceVersion20100801.GetMetricData",
                "Content-Type": "application/json", "Content-Encoding": "amz-1.0",
                "Accept": "application/json",
            ], body: .bytes(JSONWriter.bytes(of: tree)))
    }

    /// A list of MetricDataQueries as JSON, or an expression.
    private func queries(_ question: WireQuestion) throws(WireFault) -> JSONTree {
        let text = question.query.drop(while: \.isWhitespace)
        if text.hasPrefix("[") || text.hasPrefix("{") {
            guard let tree = try? JSONReader.tree(of: Array(text.utf8)) else {
                throw WireFault(.refused, "the query is no JSON list of MetricDataQueries")
            }
            return tree.items == nil ? .array([tree]) : tree
        }
        return [
            [
                "Id": "theseus", "Expression": .string(question.query), "ReturnData": true,
                "Period": .integer(max(1, Int(question.step.seconds))),
            ]
        ]
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        guard let tree = answer.tree, let results = tree["MetricDataResults"]?.items else {
            throw WireFault(.undecodable)
        }
        if let words = message(tree) { throw WireFault(.partial, words) }
        if let more = tree["NextToken"]?.text, !more.isEmpty {
            throw WireFault(.partial, "the answer has more pages")
        }
        var series: [MetricsSeries] = []
        for result in results {
            let words = message(result)
            switch result["StatusCode"]?.text {
            case "Complete": break
            case "Forbidden": throw WireFault(.denied, words)
            case "PartialData": throw WireFault(.partial, words ?? "PartialData")
            case "InternalError": throw WireFault(.partial, words ?? "InternalError")
            default: throw WireFault(.undecodable)
            }
            if let words { throw WireFault(.partial, words) }
            let points = try WirePoints.columns(result["Timestamps"], result["Values"], unit: 1)
            let name = result["Label"]?.text ?? result["Id"]?.text ?? ""
            series.append(MetricsSeries(name: name, points: points))
        }
        return series
    }

    private func message(_ tree: JSONTree) -> String? {
        guard let first = tree["Messages"]?.items?.first else { return nil }
        let parts = [first["Code"]?.text, first["Value"]?.text].compactMap(\.self)
        return parts.isEmpty ? "with messages" : parts.joined(separator: ": ")
    }

    /// Amazon tells by the error's name, and mostly with status 400, what others tell by status.
    func refusal(_ answer: WireAnswer) -> WireFault? {
        guard let tree = answer.tree, let type = tree["__type"]?.text else { return nil }
        let name = String(type.split(separator: "#").last ?? "")
        let words = [name, tree["message"]?.text ?? tree["Message"]?.text].compactMap(\.self)
            .joined(separator: ", ")
        if Self.denials.contains(where: name.hasPrefix) { return WireFault(.denied, words) }
        if name.hasPrefix("Throttl") || name.hasPrefix("RequestLimitExceeded") {
            return WireFault(.status(429), words)
        }
        if name.hasPrefix("Internal") || name.hasPrefix("ServiceUnavailable") {
            return WireFault(.status(answer.status), words)
        }
        return WireFault(.refused, words)
    }

    private static let denials = [
        "AccessDenied", "NotAuthorized", "UnrecognizedClient", "InvalidClientTokenId",
        "ExpiredToken", "SignatureDoesNotMatch", "InvalidSignature", "IncompleteSignature",
        "MissingAuthenticationToken", "OptInRequired", "RequestExpired",
    ]
}
