internal import CanaryEngine
internal import MetricsGate

/// Looks for what is right in a flow, and will hardly do what its writer wants.
///
/// Asks no cluster; how many requests gates will see it knows only where somebody says the load.
struct FlowLint {
    /// A step, and where it is written.
    struct Placed {
        let step: Step
        let field: FlowField
    }

    let flow: Flow
    let document: FlowDocument
    let steps: [Placed]
    /// Users' requests in a second, at both versions together.
    let rate: Double?
    private(set) var warnings: [FlowWarning] = []

    init(_ flow: Flow, _ document: FlowDocument, _ steps: [Placed], rate: Double?) {
        self.flow = flow
        self.document = document
        self.steps = steps
        self.rate = rate
    }

    mutating func look() {
        lookAtShares()
        lookAtBakes()
        lookAtNames()
        lookAtTests()
        lookAtAutoscalers()
    }

    mutating func warn(
        _ code: FlowWarning.Code, _ what: String, at field: FlowField, do suggestion: String
    ) {
        warnings.append(FlowWarning(code, what, at: field, do: suggestion))
    }

    // MARK: Who judges which share

    private mutating func lookAtShares() {
        // All users come at once there, and nobody can be compared with.
        guard !flow.plan.isFirstRelease else { return }
        guard steps.contains(where: { $0.step.judges }) else {
            if let field = document.placeOfSteps {
                warn(
                    .noGate,
                    "no gate decides anything: what fails only for users goes to all of them",
                    at: field, do: "add spec.gates, and name them in the bakes; see docs/GATES.md")
            }
            return
        }
        var share = Share()
        for placed in steps {
            switch placed.step {
            case .weight(let weight):
                close(share, before: "\"weight: \(weight.percent)\"")
                open(weight, after: share, placed.field)
                share.weight = weight
                share.field = placed.field
                share.isJudged = false
            case .bake, .gate:
                share.isJudged = share.isJudged || placed.step.judges
                share.wasJudged = share.wasJudged || share.isJudged && share.weight > .none
            default: break
            }
        }
        close(share, before: flow.plan.steps.contains(.retire) ? "stable goes" : "the run ends")
    }

    private struct Share {
        var weight = TrafficWeight.none
        var field: FlowField?
        /// A gate looked on at this share.
        var isJudged = false
        /// A gate looked on at this share or a smaller one.
        var wasJudged = false
    }

    private mutating func open(_ weight: TrafficWeight, after share: Share, _ field: FlowField) {
        guard weight.percent >= 50 else { return }
        if share.weight == .none {
            guard weight != .all else { return }
            warn(
                .greatFirstShare,
                "the first users are \(weight.percent)% of them: what only users show hurts as many",
                at: field, do: "begin with a smaller weight and a gate, for example 1")
        } else if !share.wasJudged, share.weight.percent < 50 {
            warn(
                .noEarlyGate,
                "\(weight.percent)% of the users meet a version that no gate has judged",
                at: field,
                do: "bake with a gate before it: - bake: {for: 5m, maxFor: 30m, gates: [NAME]}")
        }
    }

    private mutating func close(_ share: Share, before next: String) {
        guard share.weight.percent >= 50, !share.isJudged, let field = share.field else { return }
        warn(
            .unjudgedWeight,
            "no gate looks on between \"weight: \(share.weight.percent)\" and \(next)", at: field,
            do: "bake with a gate behind it: - bake: {for: 5m, maxFor: 30m, gates: [NAME]}")
    }
}

extension Step {
    /// Whether a gate can end the run here.
    fileprivate var judges: Bool {
        switch self {
        case .bake(let bake): !bake.gates.isEmpty
        // One that is watchOnly is refused in a step of its own.
        case .gate: true
        default: false
        }
    }
}
