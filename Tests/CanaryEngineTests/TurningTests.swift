import CanaryEngine
import Testing

@Suite struct TurningTests {
    static let broken = Setback(.candidateBroken, "pods crash")

    /// Wherever a forward order fails, the run goes home and undoes every begun step.
    @Test(arguments: 0..<Plans.canary.steps.count - 1)
    func everyStepCanFail(step: Int) throws {
        var run = Rehearsal(Plans.canary)
        run.walk(toStep: step)
        let begin = try #require(run.work.first)
        run.tell(.stepBegun(begin.id))
        let order = try #require(run.work.first)
        run.tell(.failed(order.id, Self.broken))
        if step == 0 {
            // Before the backup is remembered nothing is written: there is nothing to undo.
            #expect(run.state.course == .rolledBack(Self.broken))
            return
        }
        guard case .returning(let way) = run.state.course else {
            Issue.record("not on the way home but \(run.state.course)")
            return
        }
        #expect(way.why == Self.broken)
        #expect(run.walk { $0.isOver })
        #expect(run.state.course == .rolledBack(Self.broken))
    }

    @Test func beforeAnythingBegunThereIsNothingToUndo() {
        var run = Rehearsal(Plans.canary)
        run.tell(.wished(Wish(.abort, by: "mia")))
        #expect(run.state.course == .rolledBack(Setback(.aborted, "aborted by mia")))
    }

    @Test func aTestIsTriedAsOftenAsItsCallSays() throws {
        var run = Rehearsal(Plans.canary)
        run.walk(toStep: 4)
        run.tell(.stepBegun(try #require(run.work.first).id))
        let bad = TestReport(passed: false, sentence: "404")
        let first = try #require(run.work.first)
        run.tell(.tested(first.id, bad))
        let second = try #require(run.work.first)
        #expect(second.id.attempt == 1)
        run.tell(.tested(first.id, bad))  // late: the first attempt was answered
        #expect(run.isAt(step: 4))
        run.tell(.tested(second.id, bad))
        #expect(run.state.course != .advancing(Progress(step: 4, leg: 1, entered: .zero)))
        guard case .returning(let way) = run.state.course else {
            Issue.record("not on the way home")
            return
        }
        #expect(way.why == Setback(.testFailed, "404"))
    }

    @Test func afterTheDecisionOnlyForward() {
        var run = Rehearsal(Plans.canary)
        #expect(run.walk { if case .closing = $0.course { true } else { false } })
        let refusal = run.state.refusal(of: .abort, run.plan)
        #expect(refusal?.why.contains("use undo") == true)
        run.tell(.wished(Wish(.abort, by: "mia")))
        #expect(run.walk { $0.isOver })
        #expect(run.state.course == .promoted)
    }

    @Test func closingThatKeepsFailingNeedsAPersonAndGoesOnAfterwards() throws {
        var run = Rehearsal(Plans.canary)
        #expect(run.walk { if case .closing = $0.course { true } else { false } })
        let denied = Setback(.denied, "403")
        for _ in 0..<3 { run.tell(.failed(try #require(run.work.first).id, denied)) }
        guard case .personNeeded(let trouble) = run.state.course else {
            Issue.record("goes on without a person")
            return
        }
        #expect(trouble.setback == denied)
        #expect(run.state.orders(run.plan) == [])
        run.tell(.wished(Wish(.resume, by: "mia")))
        #expect(run.walk { $0.isOver })
        #expect(run.state.course == .promoted)
    }

    /// A part of the way home is remembered; nothing that is said of it makes the weight rise.
    @Test func whatIsHomeIsNotToldAsOut() throws {
        var run = Rehearsal(Plans.canary)
        run.walk(toStep: 12)
        let out = run.state.weight
        let baking = try #require(run.work.first)
        run.tell(.wished(Wish(.abort, by: "mia")))
        run.tell(.lowered(baking.id, .none))  // of an order that was called off
        #expect(run.state.weight == out)
        let going = try #require(run.work.first)
        #expect(going.work == .carryOut(.goHome))
        let course = run.state.course
        let least = TrafficWeight(percent: out.percent / 2) ?? .none
        run.tell(.lowered(going.id, least))
        #expect(run.state.weight == least)
        run.tell(.lowered(going.id, .all))
        #expect(run.state.weight == least)
        #expect(run.state.course == course)
        run.tell(.done(going.id, note: ""))
        #expect(run.state.weight == .none)
    }

    @Test func aBakeWithoutEvidenceNeverPasses() throws {
        var run = Rehearsal(Plans.canary)
        run.walk(toStep: 9)
        run.tell(.stepBegun(try #require(run.work.first).id))
        for order in run.state.orders(run.plan) {
            switch order.work {
            case .watch(let gate):
                run.tell(.judged(order.id, gate: gate, Verdict(.notEnough, "few requests")))
            case .test: run.tell(.tested(order.id, TestReport(passed: true, sentence: "")))
            default: break
            }
        }
        let waits = run.state.orders(run.plan).filter { $0.id.lane == .deadline }
        run.tell(.deadlinePassed(try #require(waits.first).id))
        #expect(run.isAt(step: 9))
        let longest = run.state.orders(run.plan).filter { $0.id.lane == .longest }
        run.tell(.deadlinePassed(try #require(longest.first).id))
        guard case .returning(let way) = run.state.course else {
            Issue.record("a bake without evidence passed")
            return
        }
        #expect(way.why.kind == .notEnoughEvidence)
        #expect(way.why.reason == "not enough evidence after 1800 s: gate errors")
    }

    /// Each attempt of a test has a time limit of its own, so the wait beside it is a new order.
    @Test func anotherAttemptHasAnotherDeadline() throws {
        var run = Rehearsal(Plans.canary)
        run.walk(toStep: 4)
        run.tell(.stepBegun(try #require(run.work.first).id))
        let before = run.state.orders(run.plan).filter { $0.id.lane == .deadline }
        run.tell(
            .tested(
                try #require(run.work.first).id, TestReport(passed: false, sentence: "404")))
        let after = run.state.orders(run.plan).filter { $0.id.lane == .deadline }
        #expect(before.map(\.id) != after.map(\.id))
    }

    /// What users might have seen of our tests while nobody held the run is not judged.
    @Test func aNewHolderBeginsTheWindowAnew() {
        var run = Rehearsal(Plans.canary)
        run.walk(toStep: 9)
        #expect(run.state.weightSince != nil)
        let before = run.state.weightSince
        run.tell(.held(Holding(epoch: 2, holder: "b", version: "1", absence: .seconds(60))))
        #expect(run.state.weightSince != before)
        #expect(run.state.ownRuns.map(\.traffic) == [.unknown])
    }
}
