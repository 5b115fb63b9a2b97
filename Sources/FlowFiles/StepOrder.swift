internal import CanaryEngine
internal import MetricsGate
internal import TestHooks
internal import YAML

/// Whether steps can follow each other as they do.
///
/// Hears them one after the other; each kind says what must have come before it.
struct StepOrder {
    private(set) var faults: [FlowError] = []
    private let darkTests: [String]
    /// No dark route can stand: weights come without one.
    private let isWithoutHTTP: Bool
    /// There is no stable version to share users with.
    private let isFirstRelease: Bool
    /// Gates that judge by stable.
    private let comparing: [String]
    private var heard: [String] = []
    private var weight = TrafficWeight.none
    /// What the candidate was scaled for.
    private var size = TrafficWeight.none
    private var recorded: [String] = []
    private var isRetired = false
    /// Some step could not be read: what is missing may be that one.
    private var hasGaps = false

    init(flow: Flow, isFirstRelease: Bool) {
        self.isFirstRelease = isFirstRelease
        isWithoutHTTP = flow.isWithoutHTTP
        comparing = flow.gates.filter(\.rule.needsStable).map(\.name)
        darkTests = flow.tests.compactMap { test in
            if case .http(let load) = test.kind, load.dark { test.name } else { nil }
        }
    }

    mutating func passOver() { hasGaps = true }

    mutating func hear(_ step: Step, at field: FlowField) {
        let name = step.word
        if isRetired {
            fault(
                field, "step \"\(name)\" cannot be reached: it stands after retire",
                "make retire the last step")
        } else if heard.isEmpty, step != .backup, !hasGaps {
            fault(
                field, "the first step must be \"backup\", found \"\(name)\"",
                "begin with - backup")
        } else {
            check(step, field)
        }
        heard.append(name)
    }

    /// Says what a whole sequence lacks.
    mutating func end(_ field: FlowField) {
        guard !hasGaps, faults.isEmpty, field.node.items != nil else { return }
        guard !heard.isEmpty else {
            return fault(field, "there are no steps", "begin with - backup and - deploy")
        }
        if !heard.contains("deploy") {
            fault(field, "no step deploys the candidate", "add - deploy after - backup")
        } else if weight != .all {
            fault(
                field, "the steps end with \(weight.percent)% of the users on the candidate",
                "add - weight: 100")
        }
    }

    private mutating func check(_ step: Step, _ field: FlowField) {
        let name = step.word
        if isFirstRelease, step.needsStable {
            fault(
                field, "step \"\(name)\" needs a stable version, and a first release has none",
                "take it away; the only weight is 100")
        }
        switch step {
        case .backup: once(name, field)
        case .deploy:
            once(name, field)
        case .route:
            require("deploy", for: name, field)
            once(name, field)
            if isWithoutHTTP {
                fault(
                    field, "step \"route\" needs an http route to stand before",
                    "take it away: TLS and TCP routes can have no dark route")
            }
        case .reach: require("route", for: name, field)
        case .autoscale:
            require("deploy", for: name, field)
            once(name, field)
            if heard.contains("scale") {
                fault(
                    field, "step \"autoscale\" stands behind \"scale\"",
                    "move it before: a new autoscaler takes the pods away again")
            }
        case .scale(let part):
            require("deploy", for: name, field)
            let present = max(weight, size)
            if part <= present {
                fault(
                    field,
                    "step \"scale\" adds no pods: there are enough for"
                        + " \(present.percent)% already",
                    "write more than \(present.percent)%, or take it away")
            }
            size = max(size, part)
        case .drill:
            require(isWithoutHTTP ? "deploy" : "route", for: name, field)
            if weight > .none {
                fault(
                    field, "step \"drill\" stands after a weight",
                    "move it before the first weight: it goes back to 0 %")
            }
        case .mirror, .sticky:
            require("route", for: name, field)
            if case .sticky = step { once(name, field) }
            if weight > .none {
                fault(
                    field, "step \"\(name)\" stands after a weight", "move it before the first")
            }
        case .weight(let next): rise(to: next, field)
        case .test(let call), .notify(let call): check(call, field)
        case .tests(let calls): for call in calls { check(call, field) }
        case .bake(let bake):
            require("deploy", for: name, field)
            let gates = field["bake"]?["gates"]?.items ?? []
            for gate in bake.gates + bake.watched {
                requireUsers(for: gate, gates.first { $0.text == gate } ?? field)
            }
        case .gate(let gate):
            require("deploy", for: name, field)
            requireUsers(for: gate, field["gate"] ?? field)
        case .approve, .pause: break
        case .shrink:
            requireAll(name, field)
            once(name, field)
        case .retire:
            requireAll(name, field)
            isRetired = true
        }
    }

    private mutating func rise(to next: TrafficWeight, _ field: FlowField) {
        require(isWithoutHTTP ? "deploy" : "route", for: "weight", field)
        if next <= weight {
            let now = weight.percent
            fault(
                field, "weight \(next.percent) does not rise: the candidate has \(now) already",
                now == 100
                    ? "take it away"
                    : "write a number from \(now + 1) to 100; rolling back needs no step")
        }
        weight = max(weight, next)
    }

    private mutating func check(_ call: TestCall, _ field: FlowField) {
        if darkTests.contains(call.name) { require("route", for: "test: \(call.name)", field) }
        switch call.baseline {
        case .none, .stable: break
        case .record: recorded.append(call.name)
        case .compare:
            if !recorded.contains(call.name) {
                fault(
                    field, "test \"\(call.name)\" is compared before it was recorded",
                    "add - test: {\(call.name): {baseline: record}} further up")
            }
        }
    }

    private mutating func require(_ earlier: String, for name: String, _ field: FlowField) {
        guard !heard.contains(earlier), !hasGaps else { return }
        fault(
            field, "step \"\(name)\" stands before \"\(earlier)\"",
            "add - \(earlier) further up")
    }

    /// Gates judge by users' requests since the weight took effect: without a weight there are none,
    /// and the gate would stay without evidence until its time is over.
    private mutating func requireUsers(for gate: String, _ field: FlowField) {
        if weight == .all, comparing.contains(gate) {
            faults.append(
                field.error(
                    .order,
                    "gate \"\(ShapeCheck.short(gate))\" stands behind \"weight: 100\": stable has no"
                        + " users any more to compare with",
                    do: "move it before the last weight, or give this step a gate with min or max"))
        }
        guard weight == .none, heard.contains("deploy"), !hasGaps else { return }
        faults.append(
            field.error(
                .order,
                "gate \"\(ShapeCheck.short(gate))\" stands before the first weight:"
                    + " there are no users to judge by",
                do: "move it behind the first weight, or let a test look here"))
    }

    private mutating func requireAll(_ name: String, _ field: FlowField) {
        guard weight != .all, !hasGaps else { return }
        fault(
            field, "step \"\(name)\" stands before \"weight: 100\"",
            "move it behind: until then users need all of stable")
    }

    private mutating func once(_ name: String, _ field: FlowField) {
        guard heard.contains(name) else { return }
        fault(field, "a second step \"\(name)\"", "take one of them away")
    }

    private mutating func fault(_ field: FlowField, _ what: String, _ suggestion: String) {
        faults.append(field.keyError(.order, what, do: suggestion))
    }
}

extension Step {
    /// Whether it shares something between two versions.
    fileprivate var needsStable: Bool {
        switch self {
        case .weight(let weight): weight != .all
        case .scale, .drill, .mirror, .sticky, .shrink: true
        case .backup, .deploy, .route, .reach, .test, .tests, .notify, .autoscale, .bake, .gate,
            .approve, .pause, .retire:
            false
        }
    }

    /// How a flow calls it.
    var word: String {
        switch self {
        case .backup: "backup"
        case .deploy: "deploy"
        case .route: "route"
        case .reach: "reach"
        case .test: "test"
        case .tests: "tests"
        case .notify: "notify"
        case .autoscale: "autoscale"
        case .scale: "scale"
        case .drill: "drill"
        case .weight: "weight"
        case .mirror: "mirror"
        case .sticky: "sticky"
        case .bake: "bake"
        case .gate: "gate"
        case .approve: "approve"
        case .pause: "pause"
        case .shrink: "shrink"
        case .retire: "retire"
        }
    }
}
