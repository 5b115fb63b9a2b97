internal import HTTPMessages
internal import JSONTree

/// InfluxDB 2: Flux, answered with annotated CSV.
struct InfluxWire: SourceWire {
    let address: String
    let organization: String
    let title = "InfluxDB"

    func request(_ question: WireQuestion) -> HTTPRequest {
        let form = URLText.encoded([(name: "org", value: organization)])
        let tree: JSONTree = [
            "query": .string(question.query), "type": "flux",
            "dialect": [
                "annotations": ["datatype", "group", "default"], "delimiter": ",",
                "header": true,
            ],
        ]
        return HTTPRequest(
            "POST", "\(address)/api/v2/query?\(form)",
            headers: ["Accept": "application/csv", "Content-Type": "application/json"],
            body: .tree(tree))
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        var series: [MetricsSeries] = []
        for table in try AnnotatedCSV(answer.text).tables() {
            series += try self.series(of: table, end: question.span.to)
        }
        return series
    }

    /// A query that fails half-way tells so in a table of its own, with status 200.
    private func series(of table: AnnotatedCSV.Table, end: Double) throws(WireFault)
        -> [MetricsSeries]
    {
        if let column = table.column("error") {
            throw WireFault(.refused, table.records.first?[column])
        }
        guard let value = table.column("_value") else { throw WireFault(.wrongType("table")) }
        guard ["double", "long", "unsignedLong"].contains(table.types[value]) else {
            throw WireFault(.wrongType(table.types[value]))
        }
        let time = table.column("_time")
        let number = table.column("table")
        var byName: [(key: String, series: MetricsSeries)] = []
        for record in table.records {
            let key = number.map { record[$0] } ?? ""
            let at = time.map { WireTime.instant(record[$0]) } ?? end
            guard let at else { throw WireFault(.undecodable) }
            var points: [MetricsSeries.Point] = []
            if !record[value].isEmpty {
                let number = try WirePoints.number(record[value])
                points.append(MetricsSeries.Point(at: at, value: number))
            }
            if let index = byName.firstIndex(where: { $0.key == key }) {
                byName[index].series.points += points
            } else {
                byName.append((key, MetricsSeries(name: table.name(of: record), points: points)))
            }
        }
        return byName.map(\.series)
    }

    func refusal(_ answer: WireAnswer) -> WireFault? {
        guard let tree = answer.tree else { return nil }
        return WireFault(.refused, tree["message"]?.text ?? tree["error"]?.text)
    }
}

/// InfluxDB 1: InfluxQL, answered with JSON.
struct OldInfluxWire: SourceWire {
    let address: String
    let database: String
    let title = "InfluxDB"

    func request(_ question: WireQuestion) -> HTTPRequest {
        let form = URLText.encoded([
            (name: "db", value: database), (name: "epoch", value: "ms"),
            (name: "q", value: question.query),
        ])
        return HTTPRequest(
            "GET", "\(address)/query?\(form)", headers: ["Accept": "application/json"])
    }

    func series(in answer: WireAnswer, to question: WireQuestion) throws(WireFault)
        -> [MetricsSeries]
    {
        guard let results = answer.tree?["results"]?.items else { throw WireFault(.undecodable) }
        var series: [MetricsSeries] = []
        for result in results {
            if let words = result["error"]?.text { throw WireFault(.refused, words) }
            if let message = result["messages"]?.items?.first {
                throw WireFault(.partial, message["text"]?.text)
            }
            if result["partial"]?.flag == true { throw WireFault(.partial) }
            for item in result["series"]?.items ?? [] {
                if item["partial"]?.flag == true { throw WireFault(.partial) }
                series += try columns(of: item)
            }
        }
        return series
    }

    private func columns(of item: JSONTree) throws(WireFault) -> [MetricsSeries] {
        guard let columns = item["columns"]?.items?.compactMap(\.text),
            let rows = item["values"]?.items, let time = columns.firstIndex(of: "time")
        else { throw WireFault(.undecodable) }
        let tags = (item["tags"]?.members ?? [:]).compactMap { tag in
            tag.value.text.map { "\(tag.key)=\"\($0)\"" }
        }
        let name = "\(item["name"]?.text ?? ""){\(tags.sorted().joined(separator: ","))}"
        var series: [MetricsSeries] = []
        for (index, column) in columns.enumerated() where index != time {
            var points: [MetricsSeries.Point] = []
            for row in rows {
                guard let cells = row.items, cells.count == columns.count,
                    let at = cells[time].decimal
                else { throw WireFault(.undecodable) }
                if let value = try WirePoints.number(cells[index]) {
                    points.append(MetricsSeries.Point(at: at / 1000, value: value))
                }
            }
            series.append(MetricsSeries(name: "\(column) of \(name)", points: points))
        }
        return series
    }

    func refusal(_ answer: WireAnswer) -> WireFault? {
        answer.tree?["error"]?.text.map { WireFault(.refused, $0) }
    }
}
