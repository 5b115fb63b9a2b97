internal import JSONTree
internal import YAML

/// Argo's providers of numbers: a question to Prometheus, or to a source.
extension Crosser {
    /// nil: no source here answers such a question.
    mutating func question(_ provider: ForeignField, _ values: [String: AnalysisArgument])
        -> Question?
    {
        if let field = provider["prometheus"] { return askPrometheus(field, values) }
        if let field = provider["datadog"] { return askDatadog(field, values) }
        if let field = provider["newRelic"] { return askNewRelic(field, values) }
        if let field = provider["cloudWatch"] { return askCloudWatch(field, values) }
        if let field = provider["graphite"] { return askGraphite(field, values) }
        if let field = provider["influxdb"] { return askInflux(field, values) }
        if let field = provider["web"] { return askWeb(field, values) }
        return nil
    }

    private mutating func query(
        _ field: ForeignField, _ key: String, _ values: [String: AnalysisArgument]
    ) -> (text: String, fault: String?) {
        guard let query = take(field, key)?.text else { return ("", "it has no query") }
        let filled = filled(query, values)
        if filled.fault != nil { return (Self.plain(query), filled.fault) }
        if query.contains("${") { return (filled.text, Self.foreignBraces) }
        if let service = retiredService(in: filled.text) {
            remark(
                field[key], "it asks about the Service \(service), which no release uses here",
                do: "ask about ${candidate}, as destination_version=\"${candidate}\"")
        }
        return filled
    }

    private func ask(_ source: String, _ query: (text: String, fault: String?)) -> Question {
        Question(
            members: [("source", .string(source)), ("query", .string(query.text))],
            query: query.text, isPromQL: false, fault: query.fault)
    }

    // MARK: Prometheus

    private mutating func askPrometheus(_ field: ForeignField, _ values: [String: AnalysisArgument])
        -> Question
    {
        let query = query(field, "query", values)
        var access: JSONTree = .object([:])
        if let address = take(field, "address")?.text {
            let filled = filled(address, values)
            access["address"] = .string(filled.fault == nil ? filled.text : "http://fill-in:9090")
        }
        for header in field["headers"]?.items ?? [] {
            let key = header["key"]?.text ?? ""
            let value = filled(header["value"]?.text ?? "", values)
            var headers = access["headers"] ?? .object([:])
            headers[key] =
                value.fault != nil || Self.soundsSecret(key)
                ? secret(Self.variable(key), "the header \(key) of Prometheus")
                : .string(value.text)
            access["headers"] = headers
            ledger.carry(header)
        }
        return promQL(query, access)
    }

    /// A question to the flow's Prometheus, or to another one.
    mutating func promQL(_ query: (text: String, fault: String?), _ access: JSONTree) -> Question {
        let members = access.members ?? [:]
        let entries = members.map { FlowDraft.Entry(name: $0.key, tree: $0.value) }
        if draft.prometheus.isEmpty, access["address"] != nil { draft.prometheus = entries }
        let own = JSONTree.object(JSONObject(draft.prometheus.map { ($0.name, $0.tree) }))
        if access["address"] == nil || own == access {
            return Question(
                members: [("prometheus", ["query": .string(query.text)])], query: query.text,
                isPromQL: true, fault: query.fault)
        }
        var question = ask(source("prometheus", access), query)
        question.isPromQL = true
        return question
    }

    // MARK: Others

    private mutating func askDatadog(_ field: ForeignField, _ values: [String: AnalysisArgument])
        -> Question
    {
        var query = query(field, "query", values)
        if field["queries"] != nil {
            query.fault = "several queries and a formula: Theseus asks Datadog for one expression"
            for key in ["queries", "formula"] {
                leave(field[key], query.fault ?? "", do: "write one query that does the sum itself")
            }
        }
        take(field, "apiVersion")
        let name = source(
            "datadog",
            [
                "apiKey": secret("DD_API_KEY", "Datadog's API key"),
                "applicationKey": secret("DD_APP_KEY", "Datadog's application key"),
            ])
        var question = ask(name, query)
        if let word = field["aggregator"] {
            let reductions = [
                "avg": "average", "mean": "average", "min": "minimum", "max": "maximum",
                "sum": "sum", "last": "last",
            ]
            if let reduction = reductions[word.text ?? ""] {
                ledger.carry(word)
                question.members.append(("reduce", .string(reduction)))
            } else {
                leave(word, "there is no such way to make one number of several", do: "set reduce:")
            }
        }
        return question
    }

    private mutating func askNewRelic(_ field: ForeignField, _ values: [String: AnalysisArgument])
        -> Question
    {
        let query = query(field, "query", values)
        ask(
            "spec.sources.newrelic.account", "the account stands in a Secret there",
            do: "write the account's number, and region: eu where it is there")
        let name = source(
            "newrelic",
            ["account": 1, "apiKey": secret("NEW_RELIC_API_KEY", "New Relic's user key")],
            ["fill in: account"])
        if let profile = field["profile"] {
            leave(
                profile, "Theseus reads no Secrets of the cluster for its sources",
                do: "set the variables that spec.sources names")
        }
        return ask(name, query)
    }

    private mutating func askCloudWatch(_ field: ForeignField, _ values: [String: AnalysisArgument])
        -> Question
    {
        var query = ("", String?.some("it has no metricDataQueries"))
        if let queries = take(field, "metricDataQueries") {
            let filled = filled(JSONWriter.text(of: Self.capitalized(queries.tree)), values)
            query = (filled.text, filled.fault)
        }
        return ask(cloudWatch(region: nil), query)
    }

    /// CloudWatch's API has its keys with capitals: `metricStat` is `MetricStat`.
    private static func capitalized(_ tree: JSONTree) -> JSONTree {
        switch tree {
        case .array(let items): .array(items.map { capitalized($0) })
        case .object(let members):
            .object(
                JSONObject(
                    members.map {
                        ($0.key.prefix(1).uppercased() + $0.key.dropFirst(), capitalized($0.value))
                    }))
        default: tree
        }
    }

    mutating func cloudWatch(region: String?) -> String {
        if region == nil {
            ask(
                "spec.sources.cloudwatch.region", "the region is the controller's own there",
                do: "write the region of the metrics")
        }
        return source(
            "cloudwatch",
            [
                "region": .string(region ?? "us-east-1"),
                "accessKey": secret("AWS_ACCESS_KEY_ID", "the access key's id"),
                "secretKey": secret("AWS_SECRET_ACCESS_KEY", "the secret access key"),
            ], region == nil ? ["fill in: region"] : [])
    }

    private mutating func askGraphite(_ field: ForeignField, _ values: [String: AnalysisArgument])
        -> Question
    {
        let query = query(field, "query", values)
        let address = filled(take(field, "address")?.text ?? "http://graphite", values)
        return ask(source("graphite", ["address": .string(address.text)]), query)
    }

    private mutating func askInflux(_ field: ForeignField, _ values: [String: AnalysisArgument])
        -> Question
    {
        let query = query(field, "query", values)
        leave(
            field["profile"], "Theseus reads no Secrets of the cluster for its sources",
            do: "set the variables that spec.sources names")
        return ask(influx(address: nil), query)
    }

    mutating func influx(address: String?) -> String {
        ask(
            "spec.sources.influxdb", "address and organization stand in a Secret there",
            do: "write address and organization")
        return source(
            "influxdb",
            [
                "address": .string(address ?? "http://influxdb:8086"), "organization": "fill-in",
                "token": secret("INFLUX_TOKEN", "InfluxDB's token"),
            ], ["fill in: address and organization"])
    }

    private mutating func askWeb(_ field: ForeignField, _ values: [String: AnalysisArgument])
        -> Question
    {
        let url = query(field, "url", values)
        let path = take(field, "jsonPath")?.text.flatMap(Self.jsonPath)
        let rest =
            url.text.firstRange(of: "://").map { url.text[$0.upperBound...] } ?? url.text[...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let address = String(url.text[..<slash])
        var tree: JSONTree = ["address": .string(address)]
        if let method = take(field, "method")?.text, method != "GET" {
            tree["method"] = method == "POST" ? "POST" : "GET"
            if method != "POST" {
                remark(field["method"], "a source is asked with GET or POST", do: "use one of them")
            }
        }
        setHeaders(field, values, &tree)
        leaveBody(field, values, &tree)
        if tree["body"] != nil, tree["method"] != "POST" {
            tree["body"] = nil
            remark(
                field["body"] ?? field["jsonBody"], "a GET has no body here",
                do: "write method: POST")
        }
        let fault = url.fault ?? (path == nil ? "its jsonPath leads to no single place" : nil)
        let text = "\(slash == rest.endIndex ? "/" : String(rest[slash...]))#\(path ?? "$")"
        return ask(source("web", tree), (text, fault))
    }
}
