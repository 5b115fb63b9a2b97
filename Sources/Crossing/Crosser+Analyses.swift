internal import JSONTree
internal import YAML

/// What an argument of an analysis comes to.
enum AnalysisArgument: Hashable {
    case text(String)
    /// A secret's key: where it will be found.
    case secret(String)
    /// Why it cannot be said.
    case unknown(String)
}

/// Argo's analyses: templates found, arguments put in.
extension Crosser {
    /// The tests and gates of an analysis, made once for the same template and arguments.
    mutating func analysis(_ field: ForeignField) -> [JudgedMetric] {
        let given = arguments(field["args"])
        let dry = patterns(take(field, "dryRun"))
        var metrics: [JudgedMetric] = []
        for reference in field["templates"]?.items ?? [] {
            metrics += template(reference, given, dry: dry, depth: 0)
        }
        if field["templates"] == nil, let name = field["templateName"] {
            // The short form of old versions.
            metrics += template(field, given, dry: dry, depth: 0)
            ledger.carry(name)
        }
        return metrics
    }

    private mutating func template(
        _ reference: ForeignField, _ given: [String: AnalysisArgument], dry: [String], depth: Int
    ) -> [JudgedMetric] {
        guard let name = reference["templateName"]?.text, depth < 8 else { return [] }
        let isCluster = take(reference, "clusterScope")?.flag == true
        let kind = isCluster ? "ClusterAnalysisTemplate" : "AnalysisTemplate"
        guard let found = open(kind, name, in: isCluster ? nil : objects[root].namespace) else {
            leave(
                reference["templateName"], "the \(kind) \(name) is not among the files",
                do: "give its file, too")
            return []
        }
        take(reference, "templateName")
        let spec = found["spec"]
        let declared = arguments(spec?["args"])
        let names = (spec?["args"]?.items ?? []).compactMap { $0["name"]?.text }
        let values = declared.merging(given.filter { names.contains($0.key) }) { $1 }
        let signature =
            "\(found.object) "
            + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
                separator: ";")
        if let known = judged[signature] { return known }
        let allDry = dry + patterns(take(spec, "dryRun"))
        var metrics: [JudgedMetric] = []
        for metric in spec?["metrics"]?.items ?? [] {
            let judgement = judge(metric, of: name, values, dry: allDry)
            if let judgement { metrics.append(judgement) }
        }
        for inner in spec?["templates"]?.items ?? [] {
            metrics += template(inner, values, dry: allDry, depth: depth + 1)
        }
        judged[signature] = metrics
        return metrics
    }

    /// The regular expressions of `dryRun`.
    private func patterns(_ field: ForeignField?) -> [String] {
        (field?.items ?? []).compactMap { $0["metricName"]?.text }
    }

    // MARK: Arguments

    private mutating func arguments(_ field: ForeignField?) -> [String: AnalysisArgument] {
        var arguments: [String: AnalysisArgument] = [:]
        for item in field?.items ?? [] {
            guard let name = take(item, "name")?.text else { continue }
            if let value = take(item, "value")?.text {
                arguments[name] = .text(Self.plain(value))
            } else if let origin = item["valueFrom"] {
                arguments[name] = argument(name, origin)
            }
        }
        return arguments
    }

    private mutating func argument(_ name: String, _ origin: ForeignField) -> AnalysisArgument {
        if let hash = origin["podTemplateHashValue"] {
            let isStable = hash.text == "Stable"
            change(
                origin,
                "versions are told apart by the label version, not by a hash of the template",
                do: "let the query of \(name) look at that label (Istio: destination_version)")
            return .text(isStable ? "${stable}" : "${candidate}")
        }
        if let path = origin.at("fieldRef", "fieldPath") {
            guard let value = value(at: path.text ?? "") else {
                leave(
                    origin, "the value is not in the files",
                    do: "write it into the queries that use it")
                return .unknown("\(path.text ?? "its field") is not in the files")
            }
            ledger.carry(origin)
            return .text(Self.plain(value))
        }
        if let key = origin.at("secretKeyRef", "key")?.text {
            let secret = origin.at("secretKeyRef", "name")?.text ?? ""
            let variable = Self.variable("\(secret)_\(key)")
            change(
                origin, "a flow says where a secret is, never what it is",
                do:
                    "say {env: \(variable)} where it is used, and set that variable where theseus runs"
            )
            return .secret(variable)
        }
        return .unknown("where its value comes from is not known")
    }

    /// What stands at a path of the Rollout's: `metadata.labels['region']`.
    private func value(at path: String) -> String? {
        let tidy = path.replacing("['", with: "\u{1}").replacing("']", with: "\u{1}")
        var keys: [String] = []
        for (index, part) in tidy.split(separator: "\u{1}").enumerated() {
            if index % 2 == 1 {
                keys.append(String(part))
            } else {
                keys += part.split(separator: ".").map(String.init)
            }
        }
        var here: ForeignField? = field(root)
        for key in keys { here = here?[key] }
        return here?.text
    }

    /// The name of a variable, from any words.
    static func variable(_ words: String) -> String {
        String(
            words.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    // MARK: Putting them in

    /// The text with its `{{args.name}}` filled in; second, why it could not be.
    func filled(_ text: String, _ values: [String: AnalysisArgument]) -> (
        text: String, fault: String?
    ) {
        var result = ""
        var rest = Self.plain(text)[...]
        while let open = rest.firstRange(of: "{{") {
            result += rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { return (result, "{{ without }}") }
            let name = rest[..<close.lowerBound].trimmed
            rest = rest[close.upperBound...]
            guard name.hasPrefix("args.") else { return (result, "{{\(name)}} is not known here") }
            switch values[String(name.dropFirst(5))] {
            case .text(let value)?: result += value
            case .secret?: return (result, "{{\(name)}} is a secret")
            case .unknown(let why)?: return (result, "{{\(name)}}: \(why)")
            case nil: return (result, "{{\(name)}} has no value")
            }
        }
        return (result + rest, nil)
    }
}

extension StringProtocol {
    /// Without spaces and line breaks at its ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
