/// What the machine makes of tests.
extension RunState {
    mutating func hearTested(_ id: OrderID, _ report: TestReport, _ plan: RunPlan) {
        noteTraffic(report)
        if case .tell(let call)? = leg(plan), id.lane == .main {
            return hearTold(call, report, plan)
        }
        guard case .advancing(var place) = course else { return }
        startedOnce = nil
        let setback = Setback(.testFailed, report.sentence)
        switch (leg(plan), id.lane) {
        case (.test(let call)?, .main):
            if report.passed {
                keepBaseline(call, report)
                advance(plan)
            } else if place.attempt + 1 < call.attempts, hasTime(for: call, place, place.attempt) {
                place.attempt += 1
                if call.budget != nil { place.firstTry = place.firstTry ?? place.entered }
                place.entered = clock
                course = .advancing(place)
            } else {
                turn(setback, plan)
            }
        case (.tests(let calls)?, .test(let index)) where calls.indices.contains(index):
            note(report, of: index, in: &place)
            let rounds = place.tally.rounds[index] ?? BakeTally.Rounds()
            let call = calls[index]
            course = .advancing(place)
            if report.passed {
                keepBaseline(call, report)
                let isDone = calls.indices.allSatisfy { (place.tally.rounds[$0]?.passed ?? 0) > 0 }
                if isDone { advance(plan) }
            } else if rounds.finished >= call.attempts
                || !hasTime(for: call, place, rounds.finished - 1)
            {
                turn(Setback(.testFailed, "\(call.name): \(report.sentence)"), plan)
            }
        case (.bake(let bake)?, .test(let index)) where bake.tests.indices.contains(index):
            note(report, of: index, in: &place)
            course = .advancing(place)
            let failed = place.tally.rounds[index]?.failedInARow ?? 0
            if failed >= max(1, bake.tests[index].attempts) {
                turn(setback, plan)
            } else {
                endBakeIfProven(bake, plan)
            }
        default:
            break
        }
    }

    private mutating func noteTraffic(_ report: TestReport) {
        guard case .advancing = course else { return }
        ownRuns.removeAll { $0.end + Self.memory < clock }
        guard weightSince != nil, report.traffic != .none else { return }
        let start = max(.zero, clock - report.duration)
        ownRuns.append(OwnRun(start: start, end: clock, traffic: report.traffic))
    }

    private mutating func keepBaseline(_ call: TestCall, _ report: TestReport) {
        guard call.baseline == .record else { return }
        baselines.removeAll { $0.test == call.name }
        baselines.append(Baseline(test: call.name, measures: report.measures))
    }

    private func note(_ report: TestReport, of index: Int, in place: inout Progress) {
        var rounds = place.tally.rounds[index] ?? BakeTally.Rounds()
        rounds.finished += 1
        rounds.passed += report.passed ? 1 : 0
        rounds.failedInARow = report.passed ? 0 : rounds.failedInARow + 1
        place.tally.rounds[index] = rounds
    }

    /// Whether another try may begin behind the one that just failed.
    private func hasTime(for call: TestCall, _ place: Progress, _ attempt: Int) -> Bool {
        guard let budget = call.budget else { return true }
        let next = clock + call.wait(before: attempt + 1)
        return next - (place.firstTry ?? place.entered) < budget
    }

    /// A hook that only tells is tried again, and then the run goes on whatever came of it.
    private mutating func hearTold(_ call: TestCall, _ report: TestReport, _ plan: RunPlan) {
        guard !report.passed else { return advance(plan) }
        switch course {
        case .advancing(var place) where place.attempt + 1 < call.attempts:
            place.attempt += 1
            course = .advancing(place)
        case .returning(var way) where way.place.attempt + 1 < call.attempts:
            way.place.attempt += 1
            course = .returning(way)
        case .closing(var place) where place.attempt + 1 < call.attempts:
            place.attempt += 1
            course = .closing(place)
        case .personNeeded(var trouble) where (trouble.calling?.attempt ?? 0) + 1 < call.attempts:
            trouble.calling?.attempt += 1
            course = .personNeeded(trouble)
        case .advancing, .returning, .closing, .personNeeded:
            advance(plan)
        case .asking, .paused, .promoted, .rolledBack:
            break
        }
    }
}
