internal import CanaryEngine
internal import TestHooks
internal import YAML

/// Tests as steps and hooks name them.
extension FlowReading {
    mutating func test(_ value: FlowField) -> TestCall? {
        if value.text != nil { return call(value) }
        let members = value.members
        guard let (name, options) = members.first, members.count == 1 else {
            if value.node.members != nil {
                faults.append(
                    value.keyError(
                        .wrongValue, "a step runs one test, found \(members.count)",
                        do: "write a step for each"))
            }
            return nil
        }
        guard var call = call(named: name, options) else { return nil }
        switch options["baseline"]?.text {
        case "record": call.baseline = .record
        case "compare": call.baseline = .compare
        case "stable":
            call.baseline = .stable
            requireComparable(name, options)
        default: break
        }
        return call
    }

    /// Beside stable runs only what can be told from it, answer by answer.
    private mutating func requireComparable(_ name: String, _ options: FlowField) {
        let http = document.named("tests").first { $0.name == name }?.field["http"]
        guard http?["dark"]?.flag != true || http?["versionHeader"] == nil,
            let field = options["baseline"]
        else { return }
        faults.append(
            field.error(
                .contradiction, "test \"\(name)\" cannot be run beside stable",
                do: "only an http test with dark: true and versionHeader can be"))
    }

    mutating func call(_ field: FlowField) -> TestCall? {
        field.text.flatMap { call(named: $0, field) }
    }

    private mutating func call(named name: String, _ field: FlowField) -> TestCall? {
        if let call = calls[name] { return call }
        let known = document.named("tests").map(\.name)
        // A test that could not be read is not missing.
        guard !known.contains(name) else { return nil }
        faults.append(
            field.error(
                .unknownName, "unknown test \"\(ShapeCheck.short(name))\"",
                do: NearestName.suggestion(
                    for: name, among: known, none: "add it under spec.tests")))
        return nil
    }

    mutating func several(_ value: FlowField) -> [TestCall]? {
        var found: [TestCall] = []
        for item in value.items {
            guard let call = test(item) else { continue }
            if call.repetition == .atMostOnce {
                faults.append(
                    item.error(
                        .contradiction,
                        "test \"\(call.name)\" may run only once, and has no step of"
                            + " its own",
                        do: "give it a step of its own, or take repeat: once away"))
            }
            if found.contains(where: { $0.name == call.name }) {
                faults.append(
                    item.error(
                        .contradiction, "test \"\(call.name)\" stands twice in one step",
                        do: "take one of them away"))
            }
            found.append(call)
        }
        if value.node.items?.isEmpty == true {
            faults.append(
                value.error(
                    .wrongValue, "step \"tests\" names no test", do: "write for example [one, two]")
            )
        }
        return found.isEmpty ? nil : found
    }

    /// What only tells is called at least once: nothing on the way home may wait for a person.
    mutating func telling(_ field: FlowField, _ moment: String) -> TestCall? {
        guard let call = call(field) else { return nil }
        if call.repetition == .atMostOnce {
            faults.append(
                field.error(
                    .contradiction,
                    "test \"\(call.name)\" may run only once, \"\(moment)\" tells at"
                        + " least once",
                    do: "take repeat: once away, and look at the Idempotency-Key where it ends"))
        }
        return call
    }

    mutating func hooks(_ flow: Flow) -> LifeHooks {
        var hooks = LifeHooks()
        for moment in LifeHooks.Moment.allCases {
            for item in document["hooks"]?[moment.rawValue]?.items ?? [] {
                let call = moment.onlyTells ? telling(item, moment.rawValue) : call(item)
                guard let call else { continue }
                if moment.isOutside { requireBare(call, at: item, moment, flow) }
                hooks[moment].append(call)
            }
        }
        return hooks
    }

    /// Before the backup and after all is tidied up a test finds no dark route, and may leave nothing.
    private mutating func requireBare(
        _ call: TestCall, at field: FlowField, _ moment: LifeHooks.Moment, _ flow: Flow
    ) {
        let what: String
        switch flow.tests.first(where: { $0.name == call.name })?.kind {
        case .job?: what = "is a Job, and nothing may be made in the cluster"
        case .http(let load)? where load.dark: what = "is dark, and no dark route stands"
        default: return
        }
        faults.append(
            field.error(
                .contradiction, "test \"\(call.name)\" \(what) at \"\(moment.rawValue)\"",
                do: "call a test of another kind there"))
    }
}
