package import CanaryEngine
package import Chronicle

/// Facts in words.
package struct FactLines: Sendable {
    let plan: RunPlan

    package init(plan: RunPlan) { self.plan = plan }

    /// nil for a fact of which a person learns nothing.
    package func line(_ fact: LoggedFact) -> String? {
        words(fact.fact, fact.state).map { "\(place(fact.state))  \($0)" }
    }

    /// What stands below the line of a test that failed: its failed cases, and its last words.
    package func details(_ fact: Fact) -> [String] {
        guard case .tested(_, let report) = fact, !report.passed else { return [] }
        let failed = report.cases?.told.filter { $0.outcome == .failed } ?? []
        var lines = failed.prefix(Self.mostCases).map { one in
            "not ok  \(one.name)" + (one.detail.isEmpty ? "" : ": \(one.detail)")
        }
        let more = (report.cases?.failed ?? 0) - lines.count
        if more > 0 { lines.append("and \(more) more") }
        let output = report.output.split(whereSeparator: \.isNewline).suffix(Self.mostLines)
        // One line says no more than the sentence does.
        if output.count > 1 || !failed.isEmpty { lines += output.map { "| \($0)" } }
        return lines
    }

    private static let mostCases = 10
    private static let mostLines = 10

    /// `12:04  8/20 weight 1%    1%`: clock, step, share.
    func place(_ state: RunState) -> String {
        let seconds = Int(state.clock.components.seconds)
        let clock = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
        return Self.padded(clock, 7) + Self.padded(step(state), 26)
            + Self.padded("\(state.weight.percent)%", 5)
    }

    package func step(_ state: RunState) -> String {
        switch state.course {
        case .advancing(let place), .asking(let place), .paused(let place, _):
            guard plan.steps.indices.contains(place.step) else {
                return plan.isRemoval ? "making room" : "promoting"
            }
            return "\(place.step + 1)/\(plan.steps.count) \(plan.steps[place.step].shortName)"
        case .returning: return "going home"
        case .closing: return plan.isRemoval ? "removing" : "closing"
        case .promoted: return end
        case .rolledBack: return "rolled back"
        case .personNeeded: return "a person is needed"
        }
    }

    func words(_ fact: Fact, _ state: RunState) -> String? {
        switch fact {
        case .planned: "planned: \(plan.steps.count) steps"
        case .held(let holding):
            "held by \(holding.holder), epoch \(holding.epoch)"
                + (asked(state).map { "; \($0)" } ?? "")
        case .stepBegun: "begins"
        case .promotionDecided:
            plan.isRemoval
                ? "the removal is decided: from here only forward"
                : "promotion is decided: from here only forward"
        case .started(let id): "started, once: \(OrderText.text(of: id))"
        case .done(_, let note):
            if case .promoted = state.course { end } else { note.isEmpty ? nil : note }
        case .backedUp(_, let backup):
            plan.isRemoval
                ? "backed up; \(backup.stableReady) ready pods are to carry everybody"
                : "backed up; stable has \(backup.stableReady) ready pods"
        case .recognised(_, _, let note): note
        case .tested(let id, let report): tested(id, report, state)
        case .judged(_, let gate, let verdict):
            isWatched(gate)
                ? "gate \(gate), watched only, \(ruling(verdict)): \(verdict.sentence)"
                : "gate \(gate) \(ruling(verdict)): \(verdict.sentence)"
        case .observed(_, let seen, let note):
            seen ? "seen in the mesh: \(note)" : "unseen: \(note)"
        case .lowered(_, let share): "the candidate keeps \(share.percent)%, the rest is home"
        case .failed(let id, let setback): failed(id, setback, state)
        case .deadlinePassed(let id): deadline(id, state)
        case .wished(let wish): "\(wish.kind.rawValue), says \(wish.by)"
        case .refused(let wish, let why): "\(wish.kind.rawValue) refused: \(why)"
        case .noticed(let note): note
        }
    }

    /// On the way home, and in closing, a leg is tried again before it has failed; a wait that ended in
    /// vain is told once, when that is given up.
    private func failed(_ id: OrderID, _ setback: Setback, _ state: RunState) -> String? {
        switch state.course {
        case .returning where id.course == .home, .closing where id.course == .closing:
            setback.kind == .deadline ? nil : "fails, and is tried again: \(setback.reason)"
        default: "FAILED: \(setback.reason)"
        }
    }

    /// `ASKS: not enough evidence; approve or reject?`.
    private func asked(_ state: RunState) -> String? {
        state.question(plan).map { "ASKS: \($0); approve or reject?" }
    }

    private var end: String { plan.isRemoval ? "removed" : "promoted" }

    /// A step's only test needs no name: the line begins with it.
    private func tested(_ id: OrderID, _ report: TestReport, _ state: RunState) -> String {
        let name = plan.call(of: id, in: state)?.name ?? "test"
        let moment = plan.moment(of: id)
        if moment?.onlyTells == true {
            return "\(name) \(report.passed ? "was told" : "could not be told"): \(report.sentence)"
        }
        let verdict = report.passed ? "passed" : "FAILED"
        let isAlone = moment == nil && id.lane == .main
        return "test \(isAlone ? "" : "\(name) ")\(verdict): \(report.sentence)"
    }

    private func isWatched(_ gate: String) -> Bool {
        plan.steps.contains { step in
            if case .bake(let bake) = step { bake.watched.contains(gate) } else { false }
        }
    }

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
        case .asking: asked(state)
        default: nil
        }
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}

extension Step {
    /// Its name, where there is room for a column's width.
    fileprivate var shortName: String {
        guard case .tests(let calls) = self, name.count > 19 else { return name }
        return "\(calls.count) tests"
    }
}
