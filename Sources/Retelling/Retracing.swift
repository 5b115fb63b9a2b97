internal import CanaryEngine
internal import Chronicle

/// Walks along a run's facts, and sorts them by the step in which they were heard.
struct Retracing {
    private enum Place: Equatable {
        case step(Int)
        case home
    }

    private let plan: RunPlan
    private let lines: FactLines
    private var steps: [StepAccount]
    private var home = StepAccount(0, "the way home")
    private var here = Place.step(0)
    private var state = RunState()

    init(_ plan: RunPlan) {
        self.plan = plan
        lines = FactLines(plan: plan)
        var names = plan.steps.map(\.name)
        // What follows the last step is a step of its own, where the flow does not end in one.
        if plan.steps.last != .retire { names.append(plan.isRemoval ? "removal" : "promotion") }
        steps = names.enumerated().map { StepAccount($0.offset + 1, $0.element) }
    }

    mutating func follow(_ fact: LoggedFact) {
        change(here) { step in
            step.began = step.began ?? fact.date
            step.ended = fact.date
            step.weight = fact.state.weight
        }
        note(fact)
        if let why = turned(to: fact.state) { change(here) { $0.outcome = .turned(why) } }
        let next = place(of: fact.state) ?? here
        if next != here {
            change(here) { if $0.outcome == .notReached { $0.outcome = .passed } }
            here = next
            change(here) { $0.began = $0.began ?? fact.date }
        }
        state = fact.state
    }

    /// The steps, and the way home where there was one.
    mutating func finish(_ end: RunAccount.End) -> ([StepAccount], StepAccount?) {
        let stands: StepAccount.Outcome =
            switch end {
            case .promoted, .rolledBack: .passed
            case .personNeeded(let why): .stands("a person is needed: \(why.reason)")
            case .open: .stands("the run is not over")
            }
        change(here) { if $0.outcome == .notReached || $0.number == 0 { $0.outcome = stands } }
        return (steps, home.began == nil ? nil : home)
    }

    // MARK: Places

    /// nil: it is over.
    private func place(of state: RunState) -> Place? {
        let last = steps.count - 1
        switch state.course {
        case .advancing(let place), .asking(let place), .paused(let place, _):
            return .step(min(place.step, last))
        case .closing: return .step(last)
        case .returning: return .home
        case .personNeeded(let trouble):
            switch trouble.stop {
            case .returning: return .home
            case .closing: return .step(last)
            }
        case .promoted, .rolledBack: return nil
        }
    }

    /// Why the run turns round with its next state; nil: it does not.
    private func turned(to next: RunState) -> Setback? {
        switch state.course {
        case .advancing, .asking, .paused: break
        case .returning, .closing, .promoted, .rolledBack, .personNeeded: return nil
        }
        switch next.course {
        case .returning(let way): return way.why
        case .rolledBack(let why): return why
        case .advancing, .asking, .paused, .closing, .promoted, .personNeeded: return nil
        }
    }

    private mutating func change(_ place: Place, _ work: (inout StepAccount) -> Void) {
        switch place {
        case .step(let index): work(&steps[index])
        case .home: work(&home)
        }
    }

    // MARK: What was heard

    private mutating func note(_ fact: LoggedFact) {
        var isNews = true
        switch fact.fact {
        case .planned, .stepBegun: isNews = false
        case .held(let holding): isNews = holding.epoch > 1
        case .tested(let id, let report): isNews = note(report, of: id, in: fact.state)
        case .judged(_, let gate, let verdict): isNews = note(verdict, of: gate)
        case .promotionDecided, .started, .done, .backedUp, .recognised, .observed, .lowered,
            .failed, .deadlinePassed, .wished, .refused, .noticed:
            break
        }
        guard isNews, let words = lines.words(fact.fact, fact.state) else { return }
        let entry = StepAccount.Entry(
            date: fact.date, words: words, details: lines.details(fact.fact))
        change(here) { $0.entries.append(entry) }
    }

    /// Whether the test says something else than before; hooks that only tell somebody are no tests.
    private mutating func note(_ report: TestReport, of id: OrderID, in state: RunState) -> Bool {
        guard plan.moment(of: id)?.onlyTells != true else { return true }
        let name = plan.call(of: id, in: state)?.name ?? "test"
        var isNews = true
        change(here) { step in
            if let index = step.tests.firstIndex(where: { $0.name == name }) {
                isNews = !(report.passed && step.tests[index].last.passed)
                step.tests[index].reports.append(report)
            } else {
                step.tests.append(TestAccount(name: name, reports: [report]))
            }
        }
        return isNews
    }

    /// Whether the gate says something else than before.
    private mutating func note(_ verdict: Verdict, of gate: String) -> Bool {
        var isNews = true
        let isWatched = isWatched(gate)
        change(here) { step in
            if let index = step.gates.firstIndex(where: { $0.name == gate }) {
                isNews = step.gates[index].verdict.ruling != verdict.ruling
                step.gates[index].verdict = verdict
                step.gates[index].looks += 1
            } else {
                step.gates.append(
                    GateAccount(name: gate, isWatched: isWatched, verdict: verdict, looks: 1))
            }
        }
        return isNews
    }

    private func isWatched(_ gate: String) -> Bool {
        guard case .step(let index) = here, plan.steps.indices.contains(index),
            case .bake(let bake) = plan.steps[index]
        else { return false }
        return bake.watched.contains(gate)
    }
}
