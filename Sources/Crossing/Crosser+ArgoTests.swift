internal import JSONTree
internal import YAML

/// Argo's metrics that are checks: Jobs, and answers of servers that are no numbers.
extension Crosser {
    // MARK: Jobs

    mutating func makeJob(
        _ job: ForeignField, _ metric: ForeignField, _ values: [String: AnalysisArgument],
        _ found: JudgedMetric
    ) -> JudgedMetric? {
        let signature = signature(of: job, values, found)
        if let known = jobs[signature] { return known }
        var found = found
        found.isWatchOnly = false
        if metric["successCondition"] != nil || metric["failureCondition"] != nil {
            for key in ["successCondition", "failureCondition"] {
                leave(metric[key], "a Job passes by its exit code", do: "nothing")
            }
        }
        guard let spec = take(job, "spec") else { return nil }
        let path = "\(draft.name)-\(found.name)-job.yaml"
        var manifest: JSONTree = ["apiVersion": "batch/v1", "kind": "Job"]
        var metadata: JSONTree = take(job, "metadata")?.tree ?? .object([:])
        metadata["name"] = .string(found.name)
        manifest["metadata"] = metadata
        var fault: String?
        manifest["spec"] = filledTree(jobSpec(spec), values, &fault)
        if let fault {
            remark(spec, "\(fault): it stands in \(path) as it stood there", do: "replace it there")
        }
        let text = YAMLWriter.text(of: manifest)
        tellOfService(spec, text)
        draft.files.append(.init(path: path, text: text))
        draft.tests.append(
            .init(
                name: found.name, tree: test(["job": ["manifest": .string(path)]], metric, found),
                comments: ["the Job is written with --out, beside this"]))
        jobs[signature] = found
        return found
    }

    private func signature(
        of job: ForeignField, _ values: [String: AnalysisArgument], _ found: JudgedMetric
    ) -> String {
        var fault: String?
        let text = JSONWriter.text(of: filledTree(job.tree, values, &fault))
        let repeats = [found.interval, found.count, found.delay].map { $0.map(String.init) ?? "-" }
        return ([job.path.pathText, "\(job.object)"] + repeats + [text, fault ?? ""])
            .joined(separator: " ")
    }

    private mutating func jobSpec(_ spec: ForeignField) -> JSONTree {
        var tree = spec.tree
        for key in ["parallelism", "completions"] where (spec[key]?.whole ?? 1) != 1 {
            tree[key] = nil
            leave(spec[key], "a test is one pod", do: "let the pod itself start several workers")
        }
        if let limit = spec["backoffLimit"]?.whole, limit > 0 {
            remark(
                spec["backoffLimit"], "a test's Job is tried once; further tries are further Jobs",
                do: "write retries: \(limit) beside job:")
        }
        return tree
    }

    /// The arguments put into every text; versions are told to a Job by variables.
    private func filledTree(
        _ tree: JSONTree, _ values: [String: AnalysisArgument], _ fault: inout String?
    ) -> JSONTree {
        switch tree {
        case .array(let items): return .array(items.map { filledTree($0, values, &fault) })
        case .object(let members):
            return .object(
                JSONObject(members.map { ($0.key, filledTree($0.value, values, &fault)) }))
        case .string(let text) where text.contains("{{"):
            let filled = filled(text, values)
            guard filled.fault == nil else {
                fault = filled.fault
                return tree
            }
            let told = filled.text.replacing("$${", with: "\u{1}")
                .replacing("${candidate}", with: "$(THESEUS_CANDIDATE)")
                .replacing("${stable}", with: "$(THESEUS_STABLE)")
            return .string(told.replacing("\u{1}", with: "${"))
        default: return tree
        }
    }

    private mutating func tellOfService(_ field: ForeignField?, _ text: String) {
        guard let service = retiredService(in: text) else { return }
        remark(
            field, "it calls the Service \(service), which no release uses here",
            do: "call through the gateway, with the headers of the dark match")
    }

    /// A test with what the metric says of its repeats.
    private mutating func test(_ kind: JSONTree, _ metric: ForeignField, _ found: JudgedMetric)
        -> JSONTree
    {
        var tree = kind
        if let interval = found.interval {
            tree["every"] = .string(TimeSpan.text(max(1000, interval)))
        }
        if let limit = metric["failureLimit"] {
            let times = limit.whole ?? 0
            if times > 0 {
                change(
                    limit, "a failing test is tried again at once, and only in a row",
                    do: "set retries: {times: \(times), wait: 10s}")
                tree["retries"] = .integer(min(100, times))
            } else {
                ledger.carry(limit)
            }
        }
        return tree
    }

    // MARK: Requests

    /// A web metric whose condition asks for no number, as an http test.
    ///
    /// nil: it is a question to a source.
    mutating func makeRequest(
        _ web: ForeignField, _ metric: ForeignField, _ values: [String: AnalysisArgument],
        _ found: JudgedMetric
    ) -> JudgedMetric? {
        let condition = metric["successCondition"]?.text?.trimmed
        let literal = condition.flatMap(Condition.literal)
        let hasNone = condition == nil && metric["failureCondition"] == nil
        guard literal != nil || hasNone, let url = web["url"]?.text else { return nil }
        let address = filled(url, values)
        guard address.fault == nil else { return nil }
        take(web, "url")
        tellOfService(web["url"], address.text)
        var request: JSONTree = ["path": .string(address.text)]
        if let method = take(web, "method")?.text, method != "GET" {
            request["method"] = .string(method)
        }
        setHeaders(web, values, &request)
        if let seconds = take(web, "timeoutSeconds")?.whole, seconds > 0 {
            request["patience"] = .string("\(seconds)s")
        }
        if let literal, let path = take(web, "jsonPath")?.text.flatMap(Self.jsonPath) {
            request["expect"] = ["json": .object([path: literal])]
            if let condition = metric["successCondition"] { ledger.carry(condition) }
            leave(
                metric["failureCondition"], "what is not as expected has failed", do: "nothing")
        } else if literal != nil {
            // Without a path the whole answer would have to be the word.
            leave(
                metric["successCondition"], "it has no jsonPath to a value",
                do: "write expect: {json: {$.path: value}} into the test")
        }
        leaveBody(web, values, &request)
        var found = found
        found.isTest = true
        found.isWatchOnly = false
        draft.tests.append(
            .init(
                name: found.name, tree: test(["http": request], metric, found),
                comments: ["it is called from where theseus runs"]))
        return found
    }

    mutating func leaveBody(
        _ web: ForeignField, _ values: [String: AnalysisArgument], _ request: inout JSONTree
    ) {
        for key in ["body", "jsonBody"] {
            guard let body = web[key] else { continue }
            let text = body.text ?? JSONWriter.text(of: body.tree)
            let filled = filled(text, values)
            if filled.fault == nil {
                ledger.carry(body)
                request["body"] = .string(filled.text)
            } else {
                leave(body, filled.fault ?? "", do: "write body: into the test")
            }
        }
    }

    /// Headers that are no secrets.
    mutating func setHeaders(
        _ web: ForeignField, _ values: [String: AnalysisArgument], _ request: inout JSONTree
    ) {
        for header in web["headers"]?.items ?? [] {
            let key = header["key"]?.text ?? ""
            let filled = filled(header["value"]?.text ?? "", values)
            guard filled.fault == nil, !Self.soundsSecret(key) else {
                leave(
                    header, "it is a secret, and a test's headers are no place for one",
                    do: "make a test with command: or webhook: of it")
                continue
            }
            ledger.carry(header)
            var headers = request["headers"] ?? .object([:])
            headers[key] = .string(filled.text)
            request["headers"] = headers
        }
    }

    static func soundsSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["auth", "token", "secret", "password", "key", "cookie", "credential"]
            .contains { name.contains($0) }
    }

    /// `{$.data.ok}` as `$.data.ok`.
    static func jsonPath(_ text: String) -> String? {
        var path = text.trimmed
        if path.hasPrefix("{"), path.hasSuffix("}") { path = String(path.dropFirst().dropLast()) }
        if path.hasPrefix(".") { path = "$\(path)" }
        guard let read = JSONPath(path) else { return nil }
        return read.description
    }
}
