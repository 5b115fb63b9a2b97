internal import HTTPMessages
internal import JSONTree

/// What an instant query gave: all series, as of one instant of the server's clock.
struct InstantVector: Hashable, Sendable {
    struct Sample: Hashable, Sendable {
        let labels: [String: String]
        let value: Double
        /// Seconds since 1970, by the server's clock.
        let at: Double
    }

    let samples: [Sample]
}

/// Reads the envelope of Prometheus's HTTP API.
struct PrometheusAnswer {
    let place: String

    static let largest = 1 << 20

    func vector(_ response: HTTPResponse) throws(MetricsError) -> InstantVector {
        if case .bytes(let bytes) = response.body, bytes.count > Self.largest {
            throw MetricsError(.tooLarge, place: place)
        }
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
            throw MetricsError(.partial, place: place, detail: Self.shortened(first))
        }
        switch tree.at("data", "resultType")?.text {
        case "vector": return InstantVector(samples: try samples(result))
        case "scalar": return InstantVector(samples: [try sample([:], result)])
        case let type?: throw MetricsError(.wrongType(Self.shortened(type)), place: place)
        case nil: throw MetricsError(.undecodable, place: place)
        }
    }

    private func refusal(_ status: Int, _ tree: JSONTree?) -> MetricsError {
        let detail = Self.shortened(tree?["error"]?.text ?? "")
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
            var labels: [String: String] = [:]
            for member in item["metric"]?.members ?? [:] {
                labels[member.key] = member.value.text
            }
            guard let pair = item["value"] else {
                // A native histogram: its samples stand under `histogram`.
                throw MetricsError(.wrongType("histogram"), place: place)
            }
            samples.append(try sample(labels, pair))
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

extension InstantVector.Sample {
    /// `{a="1",b="2"}`, sorted, so that the same labels always read the same.
    var shownLabels: String {
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
        return PrometheusAnswer.shortened("{\(pairs.joined(separator: ","))}")
    }
}
