internal import CanaryEngine
internal import Chronicle

/// Facts in words.
struct FactLines: Sendable {
    let plan: RunPlan

    /// nil for a fact of which a person learns nothing.
    func line(_ fact: LoggedFact) -> String? {
        words(fact.fact, fact.state).map { "\(place(fact.state))  \($0)" }
    }

    /// `12:04  8/20 weight 1%    1%`: clock, step, share.
    func place(_ state: RunState) -> String {
        let seconds = Int(state.clock.components.seconds)
        let clock = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
        return Self.padded(clock, 7) + Self.padded(step(state), 26)
            + Self.padded("\(state.weight.percent)%", 5)
    }

    func step(_ state: RunState) -> String {
        switch state.course {
        case .advancing(let place), .asking(let place), .paused(let place, _):
            guard plan.steps.indices.contains(place.step) else {
                return plan.isRemoval ? "making room" : "promoting"
            }
            return "\(place.step + 1)/\(plan.steps.count) \(plan.steps[place.step].name)"
        case .returning: return "going home"
        case .closing: return plan.isRemoval ? "removing" : "closing"
        case .promoted: return end
        case .rolledBack: return "rolled back"
        case .personNeeded: return "a person is needed"
        }
    }

    private func words(_ fact: Fact, _ state: RunState) -> String? {
        switch fact {
        case .planned: "planned: \(plan.steps.count) steps"
        case .held(let holding): "held by \(holding.holder), epoch \(holding.epoch)"
        case .stepBegun: "begins"
        case .promotionDecided:
            plan.isRemoval
                ? "the removal is decided: from here only forward"
                : "promotion is decided: from here only forward"
        case .started(let id): "started, once: \(OrderText.text(of: id))"
        case .done(_, let note):
            if case .promoted = state.course { end } else { note.isEmpty ? nil : note }
        case .backedUp(_, let backup): "backed up; stable has \(backup.stableReady) ready pods"
        case .recognised(_, _, let note): note
        case .tested(_, let report):
            "test \(report.passed ? "passed" : "FAILED"): \(report.sentence)"
        case .judged(_, let gate, let verdict):
            "gate \(gate) \(ruling(verdict)): \(verdict.sentence)"
        case .observed(_, let seen, let note):
            seen ? "seen in the mesh: \(note)" : "unseen: \(note)"
        case .failed(_, let setback): "FAILED: \(setback.reason)"
        case .deadlinePassed(let id): deadline(id, state)
        case .wished(let wish): "\(wish.kind.rawValue), says \(wish.by)"
        case .refused(let wish, let why): "\(wish.kind.rawValue) refused: \(why)"
        case .noticed(let note): note
        }
    }

    private var end: String { plan.isRemoval ? "removed" : "promoted" }

    private func ruling(_ verdict: Verdict) -> String {
        switch verdict.ruling {
        case .pass: "passes"
        case .fail: "FAILS"
        case .notEnough: "waits"
        }
    }

    /// Waits that only settle are told by nobody; one that turned the run is.
    private func deadline(_ id: OrderID, _ state: RunState) -> String? {
        switch state.course {
        case .returning(let way) where id.course == .forward: "FAILED: \(way.why.reason)"
        case .personNeeded(let trouble): "FAILED: \(trouble.setback.reason)"
        default: nil
        }
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}

extension Step {
    /// The step in the words of the flow file.
    var name: String {
        switch self {
        case .backup: "backup"
        case .deploy: "deploy"
        case .route: "route"
        case .reach: "reach"
        case .test(let call): "test \(call.name)"
        case .autoscale: "autoscale"
        case .drill: "drill"
        case .weight(let weight): "weight \(weight.percent)"
        case .mirror(let part): "mirror \(part.percent)"
        case .sticky: "sticky"
        case .bake: "bake"
        case .gate(let gate): "gate \(gate)"
        case .approve: "approve"
        case .pause: "pause"
        case .shrink: "shrink"
        case .retire: "retire"
        }
    }
}
