internal import CanaryEngine
internal import HTTPMessages
internal import JSONTree
internal import MetricsGate
internal import MetricsSources
internal import TestHooks
internal import YAML

/// Tests and gates.
extension FlowReading {
    mutating func readTests(_ flow: inout Flow, exists: (String) -> Bool) {
        for (name, field) in document.named("tests") {
            calls[name] = TestCall(
                name, timeout: field["timeout"]?.duration ?? .seconds(300),
                attempts: (field["retries"]?.whole ?? 0) + 1, repetition: repetition(field))
            let kind: TestSpec.Kind
            if let command = field["command"] {
                guard let arguments = arguments(command, exists: exists) else { continue }
                kind = .command(
                    .init(arguments, environment: field["env"]?.texts ?? []))
            } else if let http = field["http"], let load = load(http, name, flow) {
                kind = .http(load)
                if let env = field["env"] {
                    faults.append(
                        env.keyError(
                            .contradiction, "an http test has no environment",
                            do: "take env away"))
                }
            } else {
                continue
            }
            flow.tests.append(
                TestSpec(
                    name, kind, tolerance: field["tolerance"]?.share ?? 0.2,
                    higherIsBetter: field["higherIsBetter"]?.texts ?? []))
        }
    }

    private func repetition(_ field: FlowField) -> Repetition {
        switch field["repeat"]?.text {
        case "safe": .repeatable
        case "once": .atMostOnce
        default: .atLeastOnce
        }
    }

    /// The command with an absolute program, where it is a path.
    private mutating func arguments(_ command: FlowField, exists: (String) -> Bool) -> [String]? {
        guard var arguments = command.texts else { return nil }
        guard let program = arguments.first, !program.isEmpty else {
            faults.append(
                command.error(
                    .wrongValue, "a command needs a program",
                    do: "write for example [\"./tests/smoke.sh\"]"))
            return nil
        }
        guard program.contains("/") else { return arguments }
        arguments[0] = FlowPath.joined(source.folder, program)
        if !exists(arguments[0]), let item = command.items.first {
            faults.append(
                item.error(
                    .file, "missing file: \(ShapeCheck.short(program))",
                    do: "check the path: it starts from the flow's folder"))
        }
        return arguments
    }

    private mutating func load(_ http: FlowField, _ name: String, _ flow: Flow)
        -> TestSpec.Load?
    {
        guard let path = http["path"], let text = path.text else { return nil }
        let isWhole = text.hasPrefix("http://") || text.hasPrefix("https://")
        if !isWhole, flow.gateway == nil {
            faults.append(
                path.error(
                    .contradiction, "test \"\(name)\" needs a way into the mesh",
                    do: "add spec.gateway.url, or write a whole address"))
        }
        if http["dark"]?.flag == true, let dark = http["dark"] {
            requireDark(at: dark, for: "test \"\(name)\"", flow)
        }
        return TestSpec.Load(
            text, method: http["method"]?.text ?? "GET", requests: http["requests"]?.whole ?? 1,
            concurrency: http["concurrency"]?.whole ?? 1,
            expect: (http["expect"]?.text).flatMap(StatusRange.range) ?? 200...299,
            headers: Self.headers(http["headers"]), dark: http["dark"]?.flag ?? false,
            maxErrors: http["maxErrors"]?.whole ?? 0,
            versionHeader: http["versionHeader"]?.text,
            patience: http["patience"]?.duration ?? .seconds(10))
    }

    /// There must be a dark match, and a request that meets it.
    mutating func requireDark(at field: FlowField, for user: String, _ flow: Flow) {
        guard !flow.dark.isEmpty else {
            faults.append(
                field.keyError(
                    .contradiction, "\(user) needs a dark match",
                    do: "add spec.dark.match: which requests meet the candidate"))
            return
        }
        guard flow.darkExample == nil, let match = document["dark"]?["match"],
            match.items.allSatisfy({ !($0.node.members ?? []).isEmpty })
        else { return }
        do throws(HookError) {
            _ = try DarkExample.derive(from: .array(flow.dark))
        } catch {
            faults.append(
                match.keyError(
                    .contradiction, error.reason,
                    do: "give the headers of a request that does as spec.dark.example"))
        }
    }

    // MARK: Gates

    mutating func readGates(_ flow: inout Flow) {
        for (name, field) in document.named("gates") {
            let question: GateSpec.Question
            if let query = field["prometheus"]?["query"]?.text {
                question = .query(query)
            } else if let ratio = field["errorRatio"], ratio.node.members != nil {
                question = .errorRatio(codes: ratio["codes"]?.text ?? GateSpec.serverErrors)
            } else if let query = sourceQuery(name, field, flow) {
                question = .query(query)
            } else {
                continue
            }
            if field["source"] == nil { requireNoSourceKeys(field) }
            if flow.prometheus == nil, document["prometheus"] == nil, field["source"] == nil {
                faults.append(
                    field.keyError(
                        .contradiction, "gate \"\(name)\" needs metrics",
                        do: "add spec.prometheus.address"))
            }
            var gate = GateSpec(
                name, question, minimum: field["min"]?.decimal, maximum: field["max"]?.decimal,
                minimumSamples: field["minimumSamples"]?.whole ?? 100,
                samplesQuery: (field["prometheus"] ?? field)["samplesQuery"]?.text,
                every: field["every"]?.duration ?? flow.scrape)
            gate.source = field["source"]?.text
            gate.reduction =
                (field["reduce"]?.text).flatMap(MetricsReduction.init) ?? gate.reduction
            faults += gate.faults.prefix(1).map { fault in
                field.keyError(
                    .contradiction, fault,
                    do: "mend it; keys here are: "
                        + FlowKeys.gate.keys.map(\.name).joined(separator: ", "))
            }
            flow.gates.append(gate)
        }
    }
}
