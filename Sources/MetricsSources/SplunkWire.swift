internal import HTTPMessages
internal import JSONTree

/// Splunk's export of a search: one JSON object a line.
struct SplunkWire: SourceWire {
    let address: String
    let title = "Splunk"

    func request(_ question: WireQuestion) -> HTTPRequest {
        let form = URLText.encoded([
            (name: "search", value: search(question.query)),
            (name: "earliest_time", value: WireTime.seconds(question.span.from)),
            (name: "latest_time", value: WireTime.seconds(question.span.to)),
            (name: "output_mode", value: "json"),
            // Else what is found on the way comes first, and looks like the result.
            (name: "preview", value: "false"),
        ])
        return HTTPRequest(
            "POST", "\(address)/services/search/jobs/export",
            headers: ["Content-Type": "application/x-www-form-urlencoded"], body: .text(form))
    }

    /// A search must begin with a command.
    private func search(_ query: String) -> String {
        let text = query.drop(while: \.isWhitespace)
        return text.hasPrefix("|") || text.hasPrefix("search ")
            ? String(text) : "search \(text)"
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        var rows: [JSONTree] = []
        var isComplete = false
        for line in answer.body.split(separator: UInt8(ascii: "\n")) {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            guard let tree = try? JSONReader.tree(of: Array(line)), tree.members != nil else {
                throw WireFault(.undecodable)
            }
            if let fault = fault(tree) { throw fault }
            guard tree["preview"]?.flag != true else { continue }
            if tree["lastrow"]?.flag == true { isComplete = true }
            if let row = tree["result"] { rows.append(row) }
        }
        // A search that finds nothing may say nothing at all; one that was cut off lacks its end.
        guard isComplete || rows.isEmpty else {
            throw WireFault(.partial, "the answer lacks its last row")
        }
        return try series(of: rows, end: question.span.to)
    }

    /// Rows with `_time` are points of one series; of others each is a series.
    private func series(of rows: [JSONTree], end: Double) throws(WireFault) -> [MetricsSeries] {
        var timed: [MetricsSeries] = []
        var untimed: [MetricsSeries] = []
        for row in rows {
            guard let members = row.members else { throw WireFault(.undecodable) }
            var at: Double?
            if let text = row["_time"]?.text {
                at = WireTime.instant(Self.colonised(text)) ?? Double(text)
                if at == nil { throw WireFault(.undecodable) }
            }
            var columns: [(name: String, value: Double)] = []
            var labels: [String] = []
            for member in members where !member.key.hasPrefix("_") {
                guard let text = member.value.text ?? member.value.decimal.map({ "\($0)" }) else {
                    throw WireFault(.wrongType("list"))
                }
                if let value = try? WirePoints.number(text) {
                    columns.append((member.key, value))
                } else {
                    labels.append("\(member.key)=\"\(text)\"")
                }
            }
            if columns.isEmpty, !labels.isEmpty { throw WireFault(.wrongType("text")) }
            for column in columns {
                let name =
                    labels.isEmpty
                    ? column.name : "\(column.name){\(labels.joined(separator: ","))}"
                let point = MetricsSeries.Point(at: at ?? end, value: column.value)
                if at == nil {
                    untimed.append(MetricsSeries(name: name, points: [point]))
                } else if let index = timed.firstIndex(where: { $0.name == name }) {
                    timed[index].points.append(point)
                } else {
                    timed.append(MetricsSeries(name: name, points: [point]))
                }
            }
        }
        return timed + untimed
    }

    /// Splunk writes `+01:00` and `+0100`.
    private static func colonised(_ text: String) -> String {
        let tail = text.suffix(5)
        guard tail.count == 5, tail.first == "+" || tail.first == "-",
            tail.dropFirst().allSatisfy(\.isNumber)
        else { return text }
        return text.dropLast(2) + ":" + text.suffix(2)
    }

    private func fault(_ tree: JSONTree) -> WireFault? {
        for message in tree["messages"]?.items ?? [] {
            let words = message["text"]?.text
            switch message["type"]?.text {
            case "FATAL", "ERROR": return WireFault(.refused, words)
            case "WARN": return WireFault(.partial, words)
            default: continue
            }
        }
        return nil
    }

    func refusal(_ answer: WireAnswer) -> WireFault? {
        let words = answer.tree?["messages"]?.items?.first?["text"]?.text
        return words.map { WireFault(.refused, $0) }
    }
}
