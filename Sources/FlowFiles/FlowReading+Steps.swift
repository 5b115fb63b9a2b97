internal import CanaryEngine
internal import JSONTree
internal import MetricsGate
internal import YAML

/// Steps.
extension FlowReading {
    mutating func readSteps(_ flow: Flow) -> [Step] {
        requireOneSource()
        var order = StepOrder(flow: flow, isFirstRelease: isFirstRelease)
        var steps: [Step] = []
        for item in document.steps {
            guard let (name, value) = Self.parts(of: item),
                let step = step(name, value, item, flow)
            else {
                order.passOver()
                continue
            }
            order.hear(step, at: item)
            if case .route = step, !flow.isWithoutHTTP {
                requireDark(at: item, for: "step \"route\"", flow)
            }
            steps.append(step)
            placed.append(.init(step: step, field: item))
        }
        if let field = document.placeOfSteps { order.end(field) }
        faults += order.faults
        return steps
    }

    private mutating func requireOneSource() {
        let spec = document.own["spec"]
        let template = spec?["template"]
        if let template, spec?["steps"] != nil {
            faults.append(
                template.keyError(
                    .contradiction, "both template and steps are there",
                    do: "keep one of them: a template brings its steps"))
        } else if template == nil, spec?["steps"] == nil, let spec, spec.node.members != nil,
            !spec.names.contains(where: Self.meansSteps)
        {
            faults.append(
                spec.keyError(
                    .missingKey, "\(spec.name) has neither steps nor template",
                    do: "add steps, or template: and \(FlowTemplates.names.list)"))
        }
    }

    /// Whether a key is one of the two that bring steps, misspelt.
    private static func meansSteps(_ name: String) -> Bool {
        let known = FlowKeys.spec.keys.map(\.name)
        guard !known.contains(name) else { return false }
        return ["steps", "template"].contains(NearestName.of(name, among: known))
    }

    /// A step's word and, where there is one, what stands behind it.
    private static func parts(of item: FlowField) -> (String, FlowField?)? {
        if let word = item.text { return (word, nil) }
        let members = item.stepMembers
        guard members.count == 1 else { return nil }
        return (members[0].name, members[0].field)
    }

    private mutating func step(
        _ name: String, _ value: FlowField?, _ item: FlowField, _ flow: Flow
    ) -> Step? {
        switch name {
        case "backup": return .backup
        case "deploy": return .deploy(deadline: value?["deadline"]?.duration ?? .seconds(600))
        case "route": return .route
        case "reach":
            requireGateway(item, flow)
            return .reach(
                deadline: value?["deadline"]?.duration ?? .seconds(120),
                every: value?["every"]?.duration ?? .seconds(1))
        case "test": return value.flatMap { test($0) }.map(Step.test)
        case "tests": return value.flatMap { several($0) }.map(Step.tests)
        case "notify": return value.flatMap { telling($0, "notify") }.map(Step.notify)
        case "autoscale": return .autoscale
        case "scale": return value.flatMap { scale($0) }.map(Step.scale)
        case "drill": return .drill(within: value?["within"]?.duration ?? .seconds(10))
        case "weight": return (value?.whole).flatMap(TrafficWeight.init).map(Step.weight)
        case "mirror": return (value?.whole).flatMap(TrafficWeight.init).map(Step.mirror)
        case "sticky": return value.flatMap { sticky($0) }.map(Step.sticky)
        case "bake": return value.flatMap { bake($0, flow) }.map(Step.bake)
        case "gate":
            guard let value, let gate = value.text else { return nil }
            requireGate(gate, value)
            if flow.gates.contains(where: { $0.name == gate && $0.isWatchOnly }) {
                faults.append(
                    value.error(
                        .contradiction,
                        "gate \"\(gate)\" is watchOnly: this step would decide nothing",
                        do: "take the step away, or take watchOnly away"))
            }
            return .gate(gate)
        case "approve": return (value?["timeout"]?.duration).map { .approve(timeout: $0) }
        case "pause": return (value?.duration).map(Step.pause)
        case "shrink": return .shrink(minimum: value?["minimum"]?.whole ?? 1)
        case "retire": return .retire
        default: return nil
        }
    }

    private mutating func scale(_ value: FlowField) -> TrafficWeight? {
        guard let field = value["candidate"], let share = field.share else { return nil }
        // 7% is a little more than 0.07 × 100.
        guard 0.01...1 ~= share,
            let part = TrafficWeight(percent: Int((share * 100 - 1e-9).rounded(.up)))
        else {
            faults.append(
                field.error(
                    .wrongValue, "\"candidate\" must be from 1% to 100%",
                    do: "write for example candidate: 50%"))
            return nil
        }
        return part
    }

    private mutating func sticky(_ value: FlowField) -> Stickiness? {
        guard let cookie = value["cookie"], let name = cookie.text,
            let ttl = value["ttl"]?.duration
        else { return nil }
        let isName = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
        }
        guard isName, !name.isEmpty, name.utf8.count <= 64 else {
            faults.append(
                cookie.error(
                    .wrongValue, "\"cookie\" must be of letters, digits, - and _",
                    do: "write for example cookie: theseus"))
            return nil
        }
        return Stickiness(cookie: name, ttl: ttl)
    }

    private mutating func requireGateway(_ item: FlowField, _ flow: Flow) {
        guard flow.gateway == nil, document["gateway"] == nil else { return }
        faults.append(
            item.error(
                .contradiction, "step \"reach\" needs a way into the mesh",
                do: "add spec.gateway.url"))
    }

    // MARK: What steps name

    private mutating func requireGate(_ name: String, _ field: FlowField) {
        let known = document.named("gates").map(\.name)
        guard !known.contains(name) else { return }
        faults.append(
            field.error(
                .unknownName, "unknown gate \"\(ShapeCheck.short(name))\"",
                do: NearestName.suggestion(
                    for: name, among: known, none: "add it under spec.gates")))
    }

    private mutating func bake(_ value: FlowField, _ flow: Flow) -> Bake? {
        for gate in value["gates"]?.items ?? [] {
            if let name = gate.text { requireGate(name, gate) }
        }
        var tests: [TestCall] = []
        for item in value["tests"]?.items ?? [] {
            guard let call = call(item) else { continue }
            if call.repetition == .atMostOnce {
                faults.append(
                    item.error(
                        .contradiction,
                        "test \"\(call.name)\" may run only once, a bake repeats it",
                        do: "take it out of the bake, or take repeat: once away"))
            }
            tests.append(call)
        }
        guard let duration = value["for"]?.duration else { return nil }
        let longest = value["maxFor"]?.duration
        if let longest, longest < duration, let field = value["maxFor"] {
            faults.append(
                field.error(
                    .contradiction, "\"maxFor\" is shorter than \"for\"",
                    do: "make it as long as \"for\" at least, or leave it out"))
        }
        let gates = value["gates"]?.texts ?? []
        let watched = gates.filter { name in
            flow.gates.contains { $0.name == name && $0.isWatchOnly }
        }
        return Bake(
            duration: duration, longest: longest, gates: gates.filter { !watched.contains($0) },
            tests: tests, watched: watched)
    }
}
