internal import HTTPMessages
internal import JSONTree

/// Dynatrace's metrics API v2.
struct DynatraceWire: SourceWire {
    let address: String
    let title = "Dynatrace"

    func request(_ question: WireQuestion) -> HTTPRequest {
        let form = URLText.encoded([
            (name: "metricSelector", value: question.query),
            (name: "from", value: WireTime.milliseconds(question.span.from)),
            (name: "to", value: WireTime.milliseconds(question.span.to)),
            (name: "resolution", value: resolution(question.step)),
        ])
        return HTTPRequest(
            "GET", "\(address)/api/v2/metrics/query?\(form)",
            headers: ["Accept": "application/json"])
    }

    /// Whole minutes: a finer resolution there is not.
    private func resolution(_ step: Duration) -> String {
        "\(max(1, Int(step.seconds / 60)))m"
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        guard let tree = answer.tree, let results = tree["result"]?.items else {
            throw WireFault(.undecodable)
        }
        if let warning = warning(tree) { throw WireFault(.partial, warning) }
        if let page = tree["nextPageKey"]?.text, !page.isEmpty {
            throw WireFault(.partial, "the answer has more pages")
        }
        var series: [MetricsSeries] = []
        for result in results {
            if let warning = warning(result) { throw WireFault(.partial, warning) }
            guard let data = result["data"]?.items else { throw WireFault(.undecodable) }
            for item in data {
                let points = try WirePoints.columns(
                    item["timestamps"], item["values"], unit: 1000)
                let dimensions = (item["dimensions"]?.items ?? []).compactMap(\.text)
                let metric = result["metricId"]?.text ?? ""
                series.append(
                    MetricsSeries(
                        name: dimensions.isEmpty
                            ? metric : "\(metric){\(dimensions.joined(separator: ","))}",
                        points: points))
            }
        }
        return series
    }

    private func warning(_ tree: JSONTree) -> String? {
        guard let warnings = tree["warnings"]?.items, !warnings.isEmpty else { return nil }
        return warnings.first?.text ?? "with warnings"
    }

    func refusal(_ answer: WireAnswer) -> WireFault? {
        guard let error = answer.tree?["error"] else { return nil }
        let violation = error["constraintViolations"]?.items?.first?["message"]?.text
        return WireFault(.refused, violation ?? error["message"]?.text)
    }
}
