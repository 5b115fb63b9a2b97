internal import CanaryEngine
internal import Chronicle
package import Lab
internal import Manifests

/// Every way in which a call to the API server can end, once for each step, verb and kind.
package struct CallSweep: Sendable {
    /// Step, verb and kind; on the way home and at the end the leg, since all of either is no step.
    ///
    /// By value: equal in two stories that have the step in common.
    package struct Place: Hashable, Sendable {
        let stretch: Stretch
        /// Verb and kind.
        let act: String
        var words: String { "\(stretch.words) \(act)" }
    }

    /// What need not be tried, since it was elsewhere.
    package enum Known: Sendable {
        case places(Set<Place>)
        case acts(Set<String>)

        /// Every verb with every kind that there were calls of.
        package static func acts(of places: Set<Place>) -> Self { .acts(Set(places.map(\.act))) }

        fileprivate func has(_ place: Place) -> Bool {
            switch self {
            case .places(let places): places.contains(place)
            case .acts(let acts): acts.contains(place.act)
            }
        }
    }

    /// One call that goes wrong.
    package struct Trial: Hashable, Sendable {
        package let call: Int
        package let outcome: CallOutcome
        /// Step, verb and kind, for people.
        package let place: String

        package init(call: Int, outcome: CallOutcome, place: String = "") {
            self.call = call
            self.outcome = outcome
            self.place = place
        }

        /// The outcome's place among all of them, from 1: what a replay is told.
        package var number: Int { (CallOutcome.ofStreams.firstIndex(of: outcome) ?? -1) + 1 }
    }

    private let stage: Stage
    /// The first process dies here: what is tried are the calls by which another takes the run.
    private let death: Lifeline.Death?
    /// In milliseconds.
    private static let takeoverLasts = 10_000

    package init(_ scenario: Scenario, death: Lifeline.Death? = nil) throws {
        stage = try Stage(scenario)
        self.death = death
    }

    /// The first call of each step, verb and kind, with each outcome; or every single call.
    package func trials(everyCall: Bool = false, beyond known: Known = .places([])) -> [Trial] {
        var met: Set<Place> = []
        return placed().filter { place, _ in
            !known.has(place) && (met.insert(place).inserted || everyCall)
        }.flatMap { place, call in
            (call.isStream ? CallOutcome.ofStreams : CallOutcome.everyOne).map {
                Trial(call: call.number, outcome: $0, place: place.words)
            }
        }
    }

    /// Every place at which the scenario has calls.
    package func places() -> Set<Place> { Set(placed().map(\.place)) }

    private func placed() -> [(place: Place, call: FaultPlan.Call)] {
        let (bill, calls) = undisturbed()
        return calls.map { call in
            (Place(stretch: bill.stretch(at: call.at, stage.plan), act: call.act), call)
        }
    }

    private func undisturbed() -> (bill: Playbill, calls: [FaultPlan.Call]) {
        let plan = FaultPlan { _ in nil }
        let bill = stage.play(Mishap(deaths: deaths, calls: plan))
        guard death != nil, let first = bill.facts.first,
            let last = bill.facts.last(where: { $0.epoch == first.epoch }),
            let taken = bill.facts.first(where: { $0.epoch > first.epoch })
        else { return (bill, plan.calls) }
        let takeover = last.date...(taken.date + Self.takeoverLasts)
        return (bill, plan.calls.filter { takeover.contains($0.date) })
    }

    private var deaths: [Lifeline.Death] { death.map { [$0] } ?? [] }

    package func bill(of trial: Trial) -> Playbill {
        stage.play(Mishap(deaths: deaths, calls: FaultPlan(call: trial.call, trial.outcome)))
    }

    package func play(_ trial: Trial) -> Sweep.Finding? {
        let complaints = bill(of: trial).complaints(allowing(trial))
        guard !complaints.isEmpty else { return nil }
        return Sweep.Finding(
            replay: Replay.command(
                "--scenario \(stage.scenario.name)\(death.map { " --death \($0.words)" } ?? "")"
                    + " --call \(trial.call):\(trial.number)",
                note: "\(trial.place), \(trial.outcome)"),
            complaints: complaints)
    }

    /// What the server denies ends the way forward, and before the first write the run.
    private func allowing(_ trial: Trial) -> Scenario {
        stage.scenario.with {
            switch trial.outcome {
            case .status(401, _), .status(403, _), .status(404, _), .status(410, _),
                .status(422, _), .status(409, _):
                $0.ends += [.rolledBack, .refused]
            case .timeOutApplied, .timeOutNotApplied: $0.excuses += Scenario.leftLease
            default: break
            }
            $0.saying = ""
        }
    }

    package func run(
        on lanes: Lanes, everyCall: Bool = false, beyond known: Known = .places([]),
        oneIn stride: Int = 1, until isOver: @escaping @Sendable () -> Bool = { false }
    ) async -> Sweep.Outcome {
        let trials = trials(everyCall: everyCall, beyond: known).enumerated()
            .filter { $0.offset % stride == 0 }.map(\.element)
        let findings = await lanes.map(trials, until: isOver) { play($0) }
        var outcome = Sweep.Outcome()
        for finding in findings {
            guard let finding else { continue }
            outcome.plays += 1
            if let finding { outcome.findings.append(finding) }
        }
        return outcome
    }
}

/// How far a run is.
enum Stretch: Hashable, Sendable {
    case before
    case step(Int, Step)
    case asking
    case paused
    case home(Leg?)
    case closing(Leg?)
    case after

    var words: String {
        switch self {
        case .before: "before"
        case .step(let number, _): "step \(number)"
        case .asking: "asking"
        case .paused: "paused"
        case .home(let leg): "home, \(leg?.name ?? "")"
        case .closing(let leg): "closing, \(leg?.name ?? "")"
        case .after: "after"
        }
    }
}

extension Playbill {
    /// Where the run stood at a moment of the world's clock.
    fileprivate func stretch(at moment: Duration, _ plan: RunPlan) -> Stretch {
        let date = LabClock.date(at: moment)
        guard let state = facts.last(where: { $0.date <= date })?.state else { return .before }
        let leg = Standing(state, plan).leg
        return switch state.course {
        case .advancing(let place): .step(place.step, plan.steps[place.step])
        case .asking: .asking
        case .paused: .paused
        case .returning: .home(leg)
        case .closing: .closing(leg)
        case .promoted, .rolledBack, .personNeeded: .after
        }
    }
}

extension FaultPlan.Call {
    /// Verb and kind.
    fileprivate var act: String {
        let parts = url.prefix { $0 != "?" }.split(separator: "/")
        let kind = parts.last { Self.plurals.contains(String($0)) }.map(String.init) ?? "other"
        return "\(isStream ? "WATCH" : method) \(kind)"
    }

    fileprivate var isStream: Bool { url.contains("watch=1") }
    fileprivate var date: Int { LabClock.date(at: at) }

    private static let plurals = Set(ResourceKind.known.map(\.plural))
}

extension LabClock {
    fileprivate static func date(at moment: Duration) -> Int {
        defaultEpoch + moment.wholeMilliseconds
    }
}

extension Lifeline.Death {
    /// As the sweep's command line has it.
    var words: String { "\(effect):\(point == .before ? "before" : "after")" }
}
