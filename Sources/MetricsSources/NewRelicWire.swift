internal import HTTPMessages
internal import JSONTree

/// New Relic's NRQL, asked through NerdGraph.
struct NewRelicWire: SourceWire {
    let address: String
    let account: Int
    let title = "New Relic"

    private static let graph = """
        query($account: Int!, $nrql: Nrql!) { actor { account(id: $account) { \
        nrql(query: $nrql, timeout: 9) { results } } } }
        """

    func request(_ question: WireQuestion) -> HTTPRequest {
        let tree: JSONTree = [
            "query": .string(Self.graph),
            "variables": [
                "account": .integer(account), "nrql": .string(nrql(question)),
            ],
        ]
        return HTTPRequest(
            "POST", "\(address)/graphql",
            headers: ["Accept": "application/json", "Content-Type": "application/json"],
            body: .tree(tree))
    }

    /// Says which stretch is meant, where the query does not.
    private func nrql(_ question: WireQuestion) -> String {
        let words = question.query.uppercased().split(whereSeparator: \.isWhitespace)
        var text = question.query
        if !words.contains("SINCE") {
            text += " SINCE \(WireTime.milliseconds(question.span.from))"
            if !words.contains("UNTIL") {
                text += " UNTIL \(WireTime.milliseconds(question.span.to))"
            }
        }
        return text
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        guard let tree = answer.tree else { throw WireFault(.undecodable) }
        // GraphQL tells its errors with status 200.
        if let errors = tree["errors"]?.items, let first = errors.first {
            throw fault(first)
        }
        guard let rows = tree.at("data", "actor", "account", "nrql", "results")?.items else {
            throw WireFault(.undecodable)
        }
        return try NewRelicRows(end: question.span.to).series(rows)
    }

    private func fault(_ error: JSONTree) -> WireFault {
        let words = error["message"]?.text
        let kind = error.at("extensions", "errorClass")?.text ?? ""
        switch kind {
        case "ACCESS_DENIED", "UNAUTHORIZED", "FORBIDDEN": return WireFault(.denied, words)
        case "TIMEOUT", "SERVER_ERROR", "INTERNAL_SERVER_ERROR", "TOO_MANY_REQUESTS":
            return WireFault(.status(200), words)
        default: return WireFault(.refused, words)
        }
    }

    func refusal(_ answer: WireAnswer) -> WireFault? {
        guard let tree = answer.tree else { return nil }
        return WireFault(
            .refused,
            tree["errors"]?.items?.first?["message"]?.text ?? tree.at("error", "title")?.text
                ?? tree["error"]?.text)
    }
}

/// NRQL's rows: one for all, one a facet, one a bucket of time.
private struct NewRelicRows {
    /// When what has no time of its own was.
    let end: Double

    private static let times = [
        "beginTimeSeconds", "endTimeSeconds", "timestamp", "inspectedCount",
    ]

    func series(_ rows: [JSONTree]) throws(WireFault) -> [MetricsSeries] {
        var series: [MetricsSeries] = []
        for row in rows {
            guard let members = row.members else { throw WireFault(.undecodable) }
            let facet = facet(row)
            let at = row["endTimeSeconds"]?.decimal ?? end
            var isNamed = false
            for member in members where !isFacet(member.key, row) {
                for (name, number) in try numbers(member.key, member.value) {
                    isNamed = true
                    add(number, at, to: facet.map { "\(name){\($0)}" } ?? name, &series)
                }
            }
            guard isNamed else { throw WireFault(.undecodable) }
        }
        return series
    }

    private func isFacet(_ key: String, _ row: JSONTree) -> Bool {
        guard key != "facet", !Self.times.contains(key) else { return true }
        // The facet stands in a second time, under the attribute's own name.
        return row["facet"] != nil && row[key]?.text != nil
    }

    private func facet(_ row: JSONTree) -> String? {
        guard let facet = row["facet"] else { return nil }
        return facet.text ?? (facet.items ?? []).compactMap(\.text).joined(separator: ",")
    }

    /// `{"percentile.duration": {"95": 0.2}}` has its number a floor further down.
    private func numbers(_ name: String, _ value: JSONTree) throws(WireFault)
        -> [(String, Double?)]
    {
        guard let members = value.members else {
            return [(name, try WirePoints.number(value))]
        }
        var numbers: [(String, Double?)] = []
        for member in members {
            numbers.append(("\(name).\(member.key)", try WirePoints.number(member.value)))
        }
        return numbers
    }

    private func add(
        _ number: Double?, _ at: Double, to name: String, _ series: inout [MetricsSeries]
    ) {
        let points = number.map { [MetricsSeries.Point(at: at, value: $0)] } ?? []
        if let index = series.firstIndex(where: { $0.name == name }) {
            series[index].points += points
        } else {
            series.append(MetricsSeries(name: name, points: points))
        }
    }
}
