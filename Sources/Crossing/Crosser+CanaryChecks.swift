internal import JSONTree
internal import YAML

/// Flagger's metrics: a gate of each.
extension Crosser {
    /// What a query's `{{ … }}` come to.
    private struct Words {
        var target: String
        var variables: [String: String] = [:]
    }

    mutating func crossChecks(_ analysis: ForeignField?, target: String) -> [String] {
        let threshold = take(analysis, "threshold")
        var gates: [String] = []
        for metric in analysis?["metrics"]?.items ?? [] {
            let name = freeName(take(metric, "name")?.text ?? "metric", else: "another-metric")
            let words = Words(
                target: target,
                variables: Dictionary(
                    (take(metric, "templateVariables")?.members ?? []).map {
                        ($0.name, $0.field.text ?? "")
                    }, uniquingKeysWith: { $1 }))
            if let gate = check(metric, name, words, limit: threshold?.whole ?? 1) {
                gates.append(gate)
            }
        }
        if let threshold, (threshold.whole ?? 1) > 1 {
            remark(
                threshold,
                "failed checks were counted over all metrics and webhooks; each gate counts its"
                    + " own, in each bake", do: "set failures: of the gates")
        }
        return gates
    }

    private mutating func check(_ metric: ForeignField, _ name: String, _ words: Words, limit: Int)
        -> String?
    {
        var comments: [String] = []
        var tree: JSONTree
        var scale = 1.0
        var fault: String?
        let isBuiltIn = metric["templateRef"] == nil && metric["query"] == nil
        switch name {
        case "request-success-rate" where isBuiltIn:
            tree = ["successRate": .object([:])]
            scale = 0.01
            comments.append("in hundredths there, as a part of 1 here")
        case "request-duration" where isBuiltIn:
            tree = ["latency": "p99"]
            scale = 0.001
            comments.append("in milliseconds there, in seconds here")
        default:
            let question = question(metric, words)
            tree = .object(JSONObject(question.members))
            fault = question.fault
        }
        if let interval = metric["interval"] {
            remarkOnce(interval, "a gate's window begins when the weight took effect, and grows")
            ledger.carry(interval)
        }
        let hasBounds = setBounds(metric, name, scale, &tree)
        if limit > 1 {
            tree["failures"] = ["count": .integer(min(1000, limit)), "of": 1000]
        }
        var entry = FlowDraft.Entry(name: name, tree: tree, comments: comments)
        if !hasBounds { fault = fault ?? "it has no thresholdRange" }
        if let fault {
            entry.isOff = true
            entry.comments.append("cannot be asked yet: \(fault)")
            ledger.add(
                CrossingNote(
                    kind: .left, object: objects[metric.object].title,
                    file: objects[metric.object].file, line: metric.place.line,
                    path: metric.path.pathText,
                    why: "its gate stands in the flow as a comment: \(fault)",
                    remedy: "complete it, take the # away, and name it in the bakes"))
        }
        draft.gates.append(entry)
        return fault == nil ? name : nil
    }

    /// Said of the first such field only.
    private mutating func remarkOnce(_ field: ForeignField, _ why: String) {
        guard !ledger.notes.contains(where: { $0.why == why }) else { return }
        remark(field, why, do: "nothing; it holds for every metric")
    }

    private mutating func setBounds(
        _ metric: ForeignField, _ name: String, _ scale: Double, _ tree: inout JSONTree
    ) -> Bool {
        let isLeast = name == "request-success-rate"
        let low = take(metric, "thresholdRange", "min")?.decimal
        let high = take(metric, "thresholdRange", "max")?.decimal
        let old = take(metric, "threshold")?.decimal
        let least = low ?? (isLeast ? old : nil)
        let most = high ?? (isLeast || low != nil ? nil : old)
        if let least { tree["min"] = Self.number(Self.scaled(least, scale)) }
        if let most { tree["max"] = Self.number(Self.scaled(most, scale)) }
        return least != nil || most != nil
    }

    /// 99.9 hundredths are 0.999, and no last digit more.
    private static func scaled(_ value: Double, _ scale: Double) -> Double {
        scale == 1 ? value : (value * scale * 1e12).rounded() / 1e12
    }

    // MARK: Questions

    private mutating func question(_ metric: ForeignField, _ words: Words) -> Question {
        if let query = take(metric, "query") {
            return promQL(filled(query, words), .object([:]))
        }
        guard let reference = metric["templateRef"], let name = reference["name"]?.text else {
            return Question(
                members: [], query: "", isPromQL: false,
                fault:
                    "no templateRef says what is asked, and Theseus has no ready question of this name"
            )
        }
        let namespace = take(reference, "namespace")?.text ?? objects[root].namespace
        guard let template = open("MetricTemplate", name, in: namespace) else {
            leave(
                reference, "the MetricTemplate \(name) is not among the files",
                do: "give its file, too")
            return Question(
                members: [], query: "", isPromQL: false,
                fault: "the MetricTemplate \(name) is not among the files")
        }
        take(reference, "name")
        let spec = template["spec"]
        let query = take(spec, "query").map { filled($0, words) } ?? ("", "it has no query")
        return ask(spec?["provider"], query)
    }

    private mutating func ask(_ provider: ForeignField?, _ query: (text: String, fault: String?))
        -> Question
    {
        let kind = provider?["type"]
        let address = take(provider, "address")?.text
        var access: JSONTree = .object([:])
        if let address { access["address"] = .string(address) }
        setHeaders(provider, &access)
        if let kind { ledger.carry(kind) }
        let name: String
        switch kind?.text {
        case "prometheus":
            if provider?["secretRef"] != nil {
                access["auth"] = ["bearer": secret("PROMETHEUS_TOKEN", "what Prometheus asks for")]
            }
            return promQL(query, access)
        case "datadog":
            access["apiKey"] = secret("DD_API_KEY", "Datadog's API key")
            access["applicationKey"] = secret("DD_APP_KEY", "Datadog's application key")
            name = source("datadog", access)
        case "newrelic":
            ask(
                "spec.sources.newrelic.account", "the account stands in a Secret there",
                do: "write the account's number, and region: eu where it is there")
            access["account"] = 1
            access["apiKey"] = secret("NEW_RELIC_API_KEY", "New Relic's user key")
            name = source("newrelic", access, ["fill in: account"])
        case "cloudwatch": name = cloudWatch(region: take(provider, "region")?.text)
        case "graphite":
            access["address"] = access["address"] ?? "http://graphite"
            if provider?["secretRef"] != nil {
                access["auth"] = [
                    "basic": [
                        "user": "fill-in",
                        "password": secret("GRAPHITE_PASSWORD", "Graphite's password"),
                    ]
                ]
            }
            name = source("graphite", access)
        case "influxdb": name = influx(address: address)
        case "dynatrace", "splunk":
            let service = kind?.text ?? ""
            if address == nil {
                access["address"] = .string("https://\(service).example.com")
                ask(
                    "spec.sources.\(service).address", "the template has none",
                    do: "write its address")
            }
            access["token"] = secret("\(service.uppercased())_TOKEN", "the token of \(service)")
            name = source(service, access)
        case "stackdriver":
            ask(
                "spec.sources.googlecloud.project", "it stands in a Secret there",
                do: "write the project")
            access["project"] = "fill-in"
            access["token"] = secret("GOOGLE_TOKEN", "an access token of Google Cloud")
            name = source("googlecloud", access, ["fill in: project"])
        default:
            leave(
                kind, "there is no such source here",
                do: "ask by a web source, or export the metric to Prometheus")
            return Question(
                members: [("source", "fill-in"), ("query", .string(query.text))], query: query.text,
                isPromQL: false, fault: "no source of the kind \(kind?.text ?? "that is meant")")
        }
        return Question(
            members: [("source", .string(name)), ("query", .string(plainTarget(query.text)))],
            query: query.text, isPromQL: false, fault: query.fault)
    }

    /// Graphite's target is written as `target=…` there.
    private func plainTarget(_ query: String) -> String {
        let text = query.trimmed
        return text.hasPrefix("target=") ? String(text.dropFirst(7)) : text
    }

    private mutating func setHeaders(_ provider: ForeignField?, _ access: inout JSONTree) {
        for header in take(provider, "headers")?.members ?? [] {
            let value = header.field.texts.joined(separator: ", ")
            var headers = access["headers"] ?? .object([:])
            headers[header.name] =
                Self.soundsSecret(header.name)
                ? secret(Self.variable(header.name), "the header \(header.name)") : .string(value)
            access["headers"] = headers
        }
    }

    // MARK: Words in queries

    /// The query with its `{{ … }}` filled in; second, why it could not be.
    private mutating func filled(_ query: ForeignField, _ words: Words) -> (
        text: String, fault: String?
    ) {
        var text = Self.tight(Self.plain(query.text ?? ""))
        if query.text?.contains("${") == true { return (text, Self.foreignBraces) }
        for (suffix, word) in [("-primary", "stable"), ("", "candidate")] {
            for sign in ["=~", "="] {
                text = text.replacing(
                    "destination_workload\(sign)\"{{target}}\(suffix)\"",
                    with: "destination_version=\"${\(word)}\"")
            }
        }
        if text.contains("{{target}}") {
            remark(
                query,
                "workloads are called \(words.target)-VERSION where the manifest names no version of"
                    + " its own",
                do: "see that the query finds the candidate's workload, and no other")
        }
        text = text.replacing("{{target}}-primary", with: "\(words.target)-${stable}")
        text = text.replacing("{{target}}", with: "\(words.target)-${candidate}")
        if text.contains("{{service}}-canary") || text.contains("{{service}}-primary") {
            remark(
                query, "there is one Service, and no -canary or -primary beside it",
                do: "tell the versions apart by ${candidate} and ${stable}")
        }
        let names: [(String, String)] = [
            ("service", "${service}"), ("namespace", "${namespace}"), ("interval", "${window}"),
            ("name", Self.plain(objects[root].name)),
            ("ingress", field(root).at("spec", "ingressRef", "name")?.text ?? "{{ingress}}"),
        ]
        for (name, value) in names { text = text.replacing("{{\(name)}}", with: value) }
        for name in words.variables.keys.sorted() {
            text = text.replacing(
                "{{variables.\(name)}}", with: Self.plain(words.variables[name] ?? ""))
        }
        guard let rest = text.firstRange(of: "{{") else { return (text, nil) }
        let name = text[rest.upperBound...].prefix { $0 != "}" }
        return (text, "{{ \(name) }} has no value")
    }

    /// `{{ target }}` as `{{target}}`.
    private static func tight(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"),
            let close = rest[open.upperBound...].firstRange(of: "}}")
        {
            result += rest[..<open.lowerBound]
            result += "{{\(rest[open.upperBound..<close.lowerBound].trimmed)}}"
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}
