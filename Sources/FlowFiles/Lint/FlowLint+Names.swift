internal import CanaryEngine
internal import MetricsGate
internal import YAML

/// What is described and used nowhere.
extension FlowLint {
    mutating func lookAtNames() {
        let gates = Set(usedGates)
        let sources = Set(flow.gates.compactMap(\.source))
        tellUnused(
            "tests", Set(usedTests), .unusedTest, "test", "name it in a step, a bake or a hook")
        tellUnused("gates", gates, .unusedGate, "gate", "name it in a bake, or in - gate: NAME")
        tellUnused("sources", sources, .unusedSource, "source", "let a gate ask it")
        for field in document.unusedParameters {
            guard case .key(let name)? = field.path.last else { continue }
            warn(
                .unusedParameter, "parameter \"\(name)\" is used nowhere", at: field,
                do: "take it away, or write ${\(name)} where it should stand")
        }
    }

    /// Of the flow's own: what a template has and an adjustment drops is nobody's fault.
    private mutating func tellUnused(
        _ key: String, _ used: Set<String>, _ code: FlowWarning.Code, _ word: String, _ use: String
    ) {
        for (name, field) in document.own.at("spec", key)?.members ?? [] where !used.contains(name)
        {
            warn(
                code, "\(word) \"\(name)\" is used nowhere", at: field,
                do: "\(use), or take it away")
        }
    }

    private var usedTests: [String] {
        let hooked = LifeHooks.Moment.allCases.flatMap { flow.plan.hooks[$0] }
        return (calls + hooked).map(\.name)
    }

    /// Tests that steps call.
    private var calls: [TestCall] {
        steps.flatMap { placed -> [TestCall] in
            switch placed.step {
            case .test(let call), .notify(let call): [call]
            case .tests(let calls): calls
            case .bake(let bake): bake.tests
            default: []
            }
        }
    }

    private var usedGates: [String] {
        steps.flatMap { placed -> [String] in
            switch placed.step {
            case .bake(let bake): bake.gates + bake.watched
            case .gate(let name): [name]
            default: []
            }
        }
    }

    // MARK: Tests

    mutating func lookAtTests() {
        let forward = LifeHooks.Moment.allCases.filter { !$0.onlyTells }
        let all = calls + forward.flatMap { flow.plan.hooks[$0] }
        if document["onCutOff"] == nil,
            let once = all.first(where: { $0.repetition == .atMostOnce }),
            let field = document.named("tests").first(where: { $0.name == once.name })?.field
        {
            warn(
                .cutOff,
                "test \"\(once.name)\" may run only once: a crash meanwhile rolls the run back",
                at: field["repeat"] ?? field,
                do: "say so: onCutOff: rollback, or let a person decide: onCutOff: ask")
        }
        for moment in [LifeHooks.Moment.rolledBack, .personNeeded] {
            for item in document["hooks"]?[moment.rawValue]?.items ?? [] {
                guard let call = flow.plan.hooks[moment].first(where: { $0.name == item.text })
                else { continue }
                lookAtHook(call, moment, item)
            }
        }
    }

    /// A run that goes home ends behind these.
    private mutating func lookAtHook(
        _ call: TestCall, _ moment: LifeHooks.Moment, _ field: FlowField
    ) {
        guard call.longest > .seconds(120) else { return }
        let length = DurationText.text(call.longest)
        warn(
            .slowHook,
            "test \"\(call.name)\" may hold the end of the run up for \(length) (\(moment.rawValue))",
            at: field, do: "give it timeout: 30s and few retries; it only tells")
    }
}

extension TestCall {
    /// All its tries, with the waits between them.
    fileprivate var longest: Duration {
        let all = (0..<max(1, attempts)).reduce(Duration.zero) {
            $0 + timeout + wait(before: $1)
        }
        return budget.map { min(all, $0 + timeout) } ?? all
    }
}
