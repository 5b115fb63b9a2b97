internal import HTTPMessages
internal import JSONTree

/// Graphite's render API, as JSON.
struct GraphiteWire: SourceWire {
    let address: String
    let title = "Graphite"

    func request(_ question: WireQuestion) -> HTTPRequest {
        let form = URLText.encoded([
            (name: "target", value: question.query),
            (name: "from", value: WireTime.seconds(question.span.from)),
            (name: "until", value: WireTime.seconds(question.span.to)),
            (name: "format", value: "json"), (name: "noCache", value: "true"),
        ])
        return HTTPRequest(
            "GET", "\(address)/render?\(form)", headers: ["Accept": "application/json"])
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        guard let items = answer.tree?.items else { throw WireFault(.undecodable) }
        var series: [MetricsSeries] = []
        for item in items {
            guard let name = item["target"]?.text, let pairs = item["datapoints"]?.items else {
                throw WireFault(.undecodable)
            }
            series.append(
                MetricsSeries(
                    name: name,
                    points: try WirePoints.pairs(pairs, timeFirst: false, unit: 1)))
        }
        return series
    }

    /// Graphite says why in plain text, or in a page; pages are not repeated.
    func refusal(_ answer: WireAnswer) -> WireFault? {
        let text = answer.text
        let isPage = text.contains("<html") || text.contains("<!DOCTYPE")
        return WireFault(.refused, isPage ? nil : text)
    }
}
