internal import HTTPMessages
internal import JSONTree

/// Google Cloud Monitoring: MQL (`fetch …`) by timeSeries:query, a filter by timeSeries.list.
///
/// PromQL there is Prometheus's own API, and a source of that kind.
struct GoogleWire: SourceWire {
    let address: String
    let project: String
    let title = "Google Cloud Monitoring"

    func request(_ question: WireQuestion) throws(WireFault) -> HTTPRequest {
        let path = "\(address)/v3/projects/\(URLText.encoded(project))/timeSeries"
        if Self.isMQL(question.query) {
            return HTTPRequest(
                "POST", "\(path):query",
                headers: ["Accept": "application/json", "Content-Type": "application/json"],
                body: .tree(["query": .string(within(question))]))
        }
        var fields = [
            (name: "interval.startTime", value: WireTime.date(question.span.from)),
            (name: "interval.endTime", value: WireTime.date(question.span.to)),
        ]
        let text = question.query.drop(while: \.isWhitespace)
        if text.hasPrefix("{") {
            guard let members = (try? JSONReader.tree(of: Array(text.utf8)))?.members else {
                throw WireFault(.refused, "the query is no JSON mapping of parameters")
            }
            for member in members {
                guard let value = member.value.text else {
                    throw WireFault(.refused, "a parameter of the query is no text")
                }
                fields.append((name: member.key, value: value))
            }
        } else {
            fields.append((name: "filter", value: question.query))
        }
        return HTTPRequest(
            "GET", "\(path)?\(URLText.encoded(fields))", headers: ["Accept": "application/json"])
    }

    private static func isMQL(_ query: String) -> Bool {
        let words = query.split(whereSeparator: \.isWhitespace)
        return words.first == "fetch"
    }

    /// MQL has the stretch in the query itself.
    private func within(_ question: WireQuestion) -> String {
        if question.query.split(whereSeparator: \.isWhitespace).contains("within") {
            return question.query
        }
        let seconds = max(1, Int(question.span.length.seconds))
        let end = WireTime.date(question.span.to).dropLast()
            .replacing("-", with: "/").replacing("T", with: "-")
        return "\(question.query) | within \(seconds)s, d'\(end)'"
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        guard let tree = answer.tree, tree.members != nil else { throw WireFault(.undecodable) }
        for key in ["executionErrors", "partialErrors"] {
            if let first = tree[key]?.items?.first {
                throw WireFault(.partial, first["message"]?.text ?? key)
            }
        }
        if let more = tree["nextPageToken"]?.text, !more.isEmpty {
            throw WireFault(.partial, "the answer has more pages")
        }
        // Nothing found is an object without the list.
        var series: [MetricsSeries] = []
        for item in tree["timeSeries"]?.items ?? [] { series.append(try listed(item)) }
        for item in tree["timeSeriesData"]?.items ?? [] { series.append(try queried(item)) }
        return series
    }

    private func listed(_ item: JSONTree) throws(WireFault) -> MetricsSeries {
        var points: [MetricsSeries.Point] = []
        for point in item["points"]?.items ?? [] {
            points.append(try self.point(point["interval"], point["value"]))
        }
        let labels = ["metric", "resource"].flatMap { part in
            (item.at(part, "labels")?.members ?? [:]).compactMap { label in
                label.value.text.map { "\(label.key)=\"\($0)\"" }
            }
        }
        let type = item.at("metric", "type")?.text ?? ""
        return MetricsSeries(
            name: "\(type){\(labels.sorted().joined(separator: ","))}", points: points)
    }

    private func queried(_ item: JSONTree) throws(WireFault) -> MetricsSeries {
        var points: [MetricsSeries.Point] = []
        for point in item["pointData"]?.items ?? [] {
            guard let values = point["values"]?.items, let first = values.first else {
                throw WireFault(.undecodable)
            }
            if values.count > 1 { throw WireFault(.wrongType("table of several values")) }
            points.append(try self.point(point["timeInterval"], first))
        }
        let labels = (item["labelValues"]?.items ?? []).map { label in
            label["stringValue"]?.text ?? label["int64Value"]?.text ?? ""
        }
        return MetricsSeries(name: "{\(labels.joined(separator: ","))}", points: points)
    }

    private func point(_ interval: JSONTree?, _ value: JSONTree?) throws(WireFault)
        -> MetricsSeries.Point
    {
        guard let at = (interval?["endTime"]?.text).flatMap(WireTime.instant),
            let only = value?.members?.first(where: { _ in true })
        else { throw WireFault(.undecodable) }
        switch only.key {
        case "doubleValue", "int64Value":
            guard let number = try WirePoints.number(only.value) else {
                throw WireFault(.undecodable)
            }
            return MetricsSeries.Point(at: at, value: number)
        case "boolValue": throw WireFault(.wrongType("yes or no"))
        case "stringValue": throw WireFault(.wrongType("text"))
        case "distributionValue": throw WireFault(.wrongType("distribution"))
        default: throw WireFault(.undecodable)
        }
    }

    func refusal(_ answer: WireAnswer) -> WireFault? {
        guard let tree = answer.tree else { return nil }
        // A list of answers has its error in its first item.
        let error = tree["error"] ?? tree.items?.first?["error"]
        return error.map { WireFault(.refused, $0["message"]?.text) }
    }
}
