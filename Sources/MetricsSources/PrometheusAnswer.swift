internal import HTTPMessages
internal import JSONTree

/// What an instant query gave: all series, as of one instant of the server's clock.
package struct InstantVector: Hashable, Sendable {
    package struct Sample: Hashable, Sendable {
        package let labels: [String: String]
        package let value: Double
        /// Seconds since 1970, by the server's clock.
        package let at: Double
    }

    package let samples: [Sample]
}

/// Reads the envelope of Prometheus's HTTP API.
struct PrometheusAnswer {
    let place: String

    /// Takes secrets out of the server's words.
    var conceal: @Sendable (String) -> String = { $0 }

    /// Of one number; a range is as large as the transport lets it be.
    static let largest = 1 << 20

    func vector(_ response: HTTPResponse) throws(MetricsError) -> InstantVector {
        if case .bytes(let bytes) = response.body, bytes.count > Self.largest {
            throw MetricsError(.tooLarge, place: place)
        }
        let (type, result) = try result(response)
        switch type {
        case "vector": return InstantVector(samples: try samples(result))
        case "scalar": return InstantVector(samples: [try sample([:], result)])
        default: throw MetricsError(.wrongType(shown(type)), place: place)
        }
    }

    /// The answer to a range query.
    func matrix(_ response: HTTPResponse) throws(MetricsError) -> [MetricsSeries] {
        let (type, result) = try result(response)
        guard type == "matrix" else {
            throw MetricsError(.wrongType(shown(type)), place: place)
        }
        guard let items = result.items else { throw MetricsError(.undecodable, place: place) }
        var series: [MetricsSeries] = []
        for item in items {
            guard let pairs = item["values"]?.items else {
                throw MetricsError(.wrongType("histogram"), place: place)
            }
            let labels = labels(item)
            var points: [MetricsSeries.Point] = []
            points.reserveCapacity(pairs.count)
            for pair in pairs {
                let sample = try sample([:], pair)
                points.append(MetricsSeries.Point(at: sample.at, value: sample.value))
            }
            series.append(MetricsSeries(name: labels.shown, points: points))
        }
        return series
    }

    private func result(_ response: HTTPResponse) throws(MetricsError) -> (String, JSONTree) {
        if response.status == 401 || response.status == 403 {
            throw MetricsError(.denied, place: place)
        }
        let tree = try? response.body.tree()
        let status = tree?["status"]?.text
        if status == "error" || !(200..<300).contains(response.status) {
            throw refusal(response.status, tree)
        }
        guard let tree, status == "success", let result = tree.at("data", "result") else {
            throw MetricsError(.undecodable, place: place)
        }
        if let warnings = tree["warnings"], warnings != .null, warnings != .array([]) {
            let first = warnings.items?.first?.text ?? ""
            throw MetricsError(.partial, place: place, detail: shown(first))
        }
        guard let type = tree.at("data", "resultType")?.text else {
            throw MetricsError(.undecodable, place: place)
        }
        return (type, result)
    }

    /// Concealed before it is cut: half a secret would not be known.
    private func shown(_ text: String) -> String { Self.shortened(conceal(text)) }

    private func labels(_ item: JSONTree) -> InstantVector.Labels {
        var labels: [String: String] = [:]
        for member in item["metric"]?.members ?? [:] {
            labels[member.key] = member.value.text.map(conceal)
        }
        return InstantVector.Labels(labels)
    }

    private func refusal(_ status: Int, _ tree: JSONTree?) -> MetricsError {
        let detail = shown(tree?["error"]?.text ?? "")
        switch (status, tree?["errorType"]?.text) {
        case (503, _), (_, "timeout"), (_, "unavailable"), (_, "internal"):
            return MetricsError(.status(status), place: place, detail: detail)
        case (400, _), (422, _), (_, "bad_data"), (_, "execution"):
            return MetricsError(.refused, place: place, detail: detail)
        default:
            return MetricsError(.status(status), place: place, detail: detail)
        }
    }

    private func samples(_ result: JSONTree) throws(MetricsError) -> [InstantVector.Sample] {
        guard let items = result.items else { throw MetricsError(.undecodable, place: place) }
        var samples: [InstantVector.Sample] = []
        for item in items {
            guard let pair = item["value"] else {
                // A native histogram: its samples stand under `histogram`.
                throw MetricsError(.wrongType("histogram"), place: place)
            }
            samples.append(try sample(labels(item).byName, pair))
        }
        return samples
    }

    /// Reads `[1700000000.5, "0.25"]`.
    private func sample(_ labels: [String: String], _ pair: JSONTree)
        throws(MetricsError) -> InstantVector.Sample
    {
        guard let items = pair.items, items.count == 2, let at = items[0].decimal,
            let text = items[1].text, let value = Self.number(text)
        else { throw MetricsError(.undecodable, place: place) }
        return InstantVector.Sample(labels: labels, value: value, at: at)
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "+Inf", "Inf": .infinity
        case "-Inf": -.infinity
        default: Double(text)
        }
    }

    /// One line of at most 160 letters.
    static func shortened(_ text: String) -> String {
        let line = text.prefix { !$0.isNewline }
        return line.count > 160 ? line.prefix(160) + "…" : String(line)
    }
}

extension InstantVector {
    /// A series's labels.
    struct Labels {
        let byName: [String: String]

        init(_ byName: [String: String]) { self.byName = byName }

        /// `{a="1",b="2"}`, sorted, so that the same labels always read the same.
        var shown: String {
            let pairs = byName.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
            return PrometheusAnswer.shortened("{\(pairs.joined(separator: ","))}")
        }
    }
}

extension InstantVector.Sample {
    var shownLabels: String { InstantVector.Labels(labels).shown }
}
