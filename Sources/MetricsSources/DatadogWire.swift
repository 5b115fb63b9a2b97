internal import HTTPMessages
internal import JSONTree

/// Datadog's query of timeseries points (API v1).
struct DatadogWire: SourceWire {
    let address: String
    let title = "Datadog"

    func request(_ question: WireQuestion) -> HTTPRequest {
        let form = URLText.encoded([
            (name: "from", value: WireTime.seconds(question.span.from)),
            (name: "to", value: WireTime.seconds(question.span.to)),
            (name: "query", value: question.query),
        ])
        return HTTPRequest(
            "GET", "\(address)/api/v1/query?\(form)", headers: ["Accept": "application/json"])
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        guard let tree = answer.tree else { throw WireFault(.undecodable) }
        // A query that cannot be carried out comes with status 200.
        if let words = tree["error"]?.text, !words.isEmpty { throw WireFault(.refused, words) }
        guard tree["status"]?.text == "ok", let items = tree["series"]?.items else {
            throw WireFault(.undecodable)
        }
        var series: [MetricsSeries] = []
        for item in items {
            guard let pairs = item["pointlist"]?.items else { throw WireFault(.undecodable) }
            let points = try WirePoints.pairs(pairs, timeFirst: true, unit: 1000)
            let name = item["expression"]?.text ?? item["scope"]?.text ?? ""
            series.append(MetricsSeries(name: name, points: points))
        }
        return series
    }

    func refusal(_ answer: WireAnswer) -> WireFault? {
        guard let tree = answer.tree else { return nil }
        return WireFault(.refused, tree["errors"]?.items?.first?.text ?? tree["error"]?.text)
    }
}
