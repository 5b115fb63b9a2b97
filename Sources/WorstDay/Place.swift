package import CanaryEngine

/// Where in a flow something happens.
package enum Place: Hashable, Sendable {
    case beforehand
    case step(Int)
    /// On the way home.
    case home
    /// Promotion is decided.
    case closing
    case over

    init(of state: RunState, _ plan: RunPlan) {
        self =
            switch state.course {
            case .advancing(let place), .asking(let place), .paused(let place, _):
                place.step < plan.steps.count ? .step(place.step) : .closing
            case .returning: .home
            case .closing: .closing
            case .promoted, .rolledBack, .personNeeded: .over
            }
    }

    /// In the order in which a run comes by.
    var order: Int {
        switch self {
        case .beforehand: -1
        case .step(let index): index
        case .closing: 100_000
        case .home: 100_001
        case .over: 100_002
        }
    }
}

/// The steps of a flow, by the names that people find them under.
package struct StepNames: Sendable {
    private let names: [String]

    package init(_ plan: RunPlan) {
        var weight = TrafficWeight.none
        names = plan.steps.enumerated().map { index, step in
            if case .weight(let next) = step { weight = next }
            let share = weight > .none && step.wantsShare ? " at \(weight.percent)%" : ""
            return "\(index + 1) \(step.name)\(share)"
        }
    }

    /// As `10 bake at 1%`: its number in the flow, and what it is.
    package func name(of place: Place) -> String {
        switch place {
        case .beforehand: "the beginning"
        case .step(let index): names.indices.contains(index) ? names[index] : "the end"
        case .home: "the way home"
        case .closing: "promotion"
        case .over: "the end"
        }
    }

    /// As `2 deploy … 9 weight 1, promotion`: neighbours among `all` together.
    package func names(of places: [Place], among all: [Place]) -> String {
        let sorted = Set(all).sorted { $0.order < $1.order }
        if sorted.count > 3, sorted.allSatisfy(places.contains) { return "wherever it can happen" }
        var runs: [(first: Place, last: Place)] = []
        var isOpen = false
        for place in sorted {
            guard places.contains(place) else {
                isOpen = false
                continue
            }
            if isOpen { runs[runs.count - 1].last = place } else { runs.append((place, place)) }
            isOpen = true
        }
        return runs.map { run in
            run.first == run.last
                ? name(of: run.first)
                : "\(name(of: run.first)) \u{2026} \(name(of: run.last))"
        }.joined(separator: ", ")
    }
}

extension Step {
    /// The same step may stand at several shares.
    fileprivate var wantsShare: Bool {
        switch self {
        case .test, .tests, .notify, .bake, .gate, .approve, .pause: true
        case .backup, .deploy, .route, .reach, .autoscale, .scale, .drill, .weight, .mirror,
            .sticky, .shrink, .retire:
            false
        }
    }
}
