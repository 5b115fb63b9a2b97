internal import JSONTree
internal import YAML

extension FlowReader {
    /// Finds all that is wrong with a template, and what is unwise, as a flow that uses it would.
    ///
    /// That flow gives what a service has to give, and to each parameter without a default a value
    /// that fits, if any of ours does.
    package static func examine(
        template path: String, workingDirectory: String = "", rate: Double? = nil,
        readFile: (String) throws -> [UInt8]
    ) -> FlowExamination {
        let folder = FlowPath.folder(of: FlowPath.joined(workingDirectory, path))
        let source = FlowSource(files: [], folder: folder, overrides: FlowOverrides())
        let template: FlowField
        do {
            let bytes = try readFile(path)
            template = FlowField(
                file: path, document: try YAMLReader.document(of: bytes, file: path))
        } catch let error as YAMLError {
            return FlowExamination(source, faults: [FlowError(error, file: path)])
        } catch {
            let fault = FlowError(
                .file, "the template cannot be read", file: path,
                suggestion: "check the path, and that you may read it")
            return FlowExamination(source, faults: [fault])
        }
        var trial = TemplateTrial(path: path, template: template)
        return trial.examination { text in
            examine(
                path: TemplateTrial.user(of: path), workingDirectory: workingDirectory, rate: rate,
                readFile: { file in
                    if file == TemplateTrial.user(of: path) { return Array(text.utf8) }
                    if file.hasSuffix(TemplateTrial.manifestName) {
                        return Array(TemplateTrial.manifest.utf8)
                    }
                    return try readFile(file)
                })
        }
    }
}

/// A template, tried by flows that use it.
struct TemplateTrial {
    private let path: String
    private let template: FlowField
    private let open: [(name: String, values: [String])]
    private var values: [String: String] = [:]
    /// What its steps name, and a flow must bring.
    private let tests: [String]
    private let gates: [String]

    static let manifestName = "a-manifest-of-no-service.yaml"

    /// Where the flow that uses it would stand: beside it.
    static func user(of path: String) -> String {
        FlowPath.joined(FlowPath.folder(of: path), "a-flow-of-no-service.yaml")
    }

    init(path: String, template: FlowField) {
        self.path = path
        self.template = template
        let spec = template["spec"]
        let calls = Self.calls(in: spec)
        func missing(_ names: [String], _ key: String) -> [String] {
            let known = spec?[key]?.names ?? []
            // A name that is nearly one of its own is that one, misspelt.
            return Set(names).sorted().filter {
                !known.contains($0) && NearestName.of($0, among: known) == nil
                    && !$0.contains("${")
            }
        }
        tests = missing(calls.tests, "tests")
        gates = missing(calls.gates, "gates")
        let names = ["tests", "gates"].flatMap { spec?[$0]?.names ?? [] }
        open = (spec?["parameters"]?.members ?? []).compactMap { name, field in
            let said = field.node.members == nil ? field : field["default"]
            guard said?.node.scalar.map({ $0.value == .null }) ?? true else { return nil }
            let kind = (field["type"]?.text).flatMap(ParameterKind.init)
            return (name, kind?.samples ?? Self.samples + names)
        }
        for parameter in open { values[parameter.name] = parameter.values[0] }
    }

    /// Of a parameter that may be anything: one of these fits wherever one can stand.
    private static let samples = ["x", "1", "1m", "10%", "50", "100", "true", "http://x", "1Mi"]

    // MARK: Trying

    /// With the values that leave the least to say.
    mutating func examination(_ look: (String) -> FlowExamination) -> FlowExamination {
        // What is of the wrong kind hides the order of steps, which is told only then.
        func weight(_ seen: FlowExamination) -> (Int, Int, Int) {
            let order = seen.faults.count { $0.code == .order }
            return (seen.faults.count - order, order, seen.warnings.count)
        }
        var best = look(text)
        for parameter in open {
            for value in parameter.values.dropFirst() where weight(best) != (0, 0, 0) {
                let before = values[parameter.name]
                values[parameter.name] = value
                let seen = look(text)
                if weight(seen) < weight(best) {
                    best = seen
                } else {
                    values[parameter.name] = before
                }
            }
        }
        return own(best)
    }

    /// What is about the template, and not about the flow that was made for it.
    private func own(_ seen: FlowExamination) -> FlowExamination {
        let user = Self.user(of: path)
        // Its files start from the folder of whoever uses it.
        let all = seen.faults.filter { $0.code != .file }
        var faults = all.filter { $0.file != user }
        if faults.isEmpty {
            faults = all.map {
                FlowError($0.code, $0.what, file: path, suggestion: $0.suggestion)
            }
        }
        let warnings = seen.warnings.filter { $0.file != user } + (faults.isEmpty ? unused : [])
        return FlowExamination(
            seen.source, faults: faults, flow: seen.flow, warnings: warnings,
            template: FlowTemplates.path(of: name))
    }

    private var unused: [FlowWarning] {
        let text = Self.texts(in: template.node)
        return (template.at("spec", "parameters")?.members ?? []).filter { member in
            !text.contains { $0.contains("${\(member.name)}") }
        }.map { name, field in
            FlowWarning(
                .unusedParameter, "parameter \"\(name)\" is used nowhere", at: field,
                do: "take it away, or write ${\(name)} where it should stand")
        }
    }

    private static func texts(in node: YAMLNode) -> [String] {
        (node.scalar.map { [$0.text] } ?? [])
            + (node.members ?? []).flatMap { texts(in: $0.value) }
            + (node.items ?? []).flatMap(texts)
    }

    /// The tests and gates that steps and hooks name.
    private static func calls(in spec: FlowField?) -> (tests: [String], gates: [String]) {
        var (tests, gates): ([String], [String]) = ([], [])
        func names(_ field: FlowField) -> [String] {
            field.text.map { [$0] }
                ?? (field.items.isEmpty ? field.names : field.items.flatMap(names))
        }
        for step in spec?["steps"]?.items ?? [] {
            for (key, field) in step.members + (step["bake"]?.members ?? []) {
                switch key {
                case "test", "tests", "notify": tests += names(field)
                case "gate", "gates": gates += names(field)
                default: continue
                }
            }
        }
        for (_, field) in spec?["hooks"]?.members ?? [] { tests += names(field) }
        return (tests, gates)
    }

    // MARK: The flow that uses it

    private var name: String { "./" + FlowPath.file(of: path) }

    private var text: String {
        var spec: JSONTree = ["template": .string(name)]
        for (key, value) in Self.service where template.at("spec", key) == nil { spec[key] = value }
        if !tests.isEmpty {
            spec["tests"] = .object(
                JSONObject(tests.map { ($0, ["http": ["path": "/"]]) }))
        }
        if !gates.isEmpty {
            spec["gates"] = .object(
                JSONObject(gates.map { ($0, ["errorRatio": [:], "max": 0.01]) }))
        }
        var lines = [
            "apiVersion: theseus.dev/v1", "kind: Flow", "metadata: {name: service}", "spec:",
        ]
        lines += (spec.members ?? [:]).map { "  \($0.key): \(JSONWriter.text(of: $0.value))" }
        if !open.isEmpty { lines.append("  parameters:") }
        // A value is written as somebody would write it, so that YAML says what it is.
        lines += open.map { parameter in
            let name = JSONWriter.text(of: .string(parameter.name))
            return "    \(name): \(values[parameter.name] ?? "")"
        }
        return lines.joined(separator: "\n")
    }

    /// What only a service can say.
    private static let service: [(String, JSONTree)] = [
        (
            "target",
            ["namespace": "default", "service": "service", "manifest": .string(manifestName)]
        ),
        ("gateway", ["url": "http://gateway", "host": "service.example"]),
        ("prometheus", ["address": "http://prometheus"]),
        ("dark", ["match": [["headers": ["x-canary": ["exact": "1"]]]]]),
    ]

    static let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: service-v2}
        spec:
          selector: {matchLabels: {app: service, version: v2}}
          template:
            metadata: {labels: {app: service, version: v2}}
            spec: {containers: [{name: service, image: "example/service:v2"}]}
        """
}
