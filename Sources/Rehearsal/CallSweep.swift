internal import CanaryEngine
internal import Chronicle
package import Lab
internal import Manifests

/// Every way in which a call to the API server can end, once for each step, verb and kind.
package struct CallSweep: Sendable {
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

    package init(_ scenario: Scenario) throws { stage = try Stage(scenario) }

    /// The first call of each step, verb and kind, with each outcome; or every single call.
    package func trials(everyCall: Bool = false) -> [Trial] {
        let plan = FaultPlan { _ in nil }
        let bill = stage.play(Mishap(calls: plan))
        var known: Set<String> = []
        var trials: [Trial] = []
        for call in plan.calls {
            let isStream = call.url.contains("watch=1")
            let verb = isStream ? "WATCH" : call.method
            let place = "\(bill.place(at: call.at)) \(verb) \(Self.kind(call.url))"
            guard everyCall || known.insert(place).inserted else { continue }
            trials += (isStream ? CallOutcome.ofStreams : CallOutcome.everyOne).map {
                Trial(call: call.number, outcome: $0, place: place)
            }
        }
        return trials
    }

    private static func kind(_ url: String) -> String {
        let parts = url.prefix { $0 != "?" }.split(separator: "/")
        return parts.last { plurals.contains(String($0)) }.map(String.init) ?? "other"
    }

    private static let plurals = Set(ResourceKind.known.map(\.plural))

    package func bill(of trial: Trial) -> Playbill {
        stage.play(Mishap(calls: FaultPlan(call: trial.call, trial.outcome)))
    }

    package func play(_ trial: Trial) -> Sweep.Finding? {
        let complaints = bill(of: trial).complaints(allowing(trial))
        guard !complaints.isEmpty else { return nil }
        return Sweep.Finding(
            replay: Replay.command(
                "--scenario \(stage.scenario.name) --call \(trial.call):\(trial.number)",
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
        on lanes: Lanes, everyCall: Bool = false,
        until isOver: @escaping @Sendable () -> Bool = { false }
    ) async -> Sweep.Outcome {
        let findings = await lanes.map(trials(everyCall: everyCall), until: isOver) { play($0) }
        var outcome = Sweep.Outcome()
        for finding in findings {
            guard let finding else { continue }
            outcome.plays += 1
            if let finding { outcome.findings.append(finding) }
        }
        return outcome
    }
}

extension Playbill {
    /// Where the run stood at a moment of the world's clock.
    func place(at moment: Duration) -> String {
        let date = LabClock.defaultEpoch + moment.wholeMilliseconds
        guard let state = facts.last(where: { $0.date <= date })?.state else { return "before" }
        return switch state.course {
        case .advancing(let place): "step \(place.step)"
        case .asking: "asking"
        case .paused: "paused"
        case .returning: "home"
        case .closing: "closing"
        case .promoted, .rolledBack, .personNeeded: "after"
        }
    }
}
