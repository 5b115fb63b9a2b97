import CanaryEngine
import Testing

/// Gates without enough evidence, and gates that are only watched.
@Suite struct UnprovenTests {
    private static let watching = Bake(
        duration: .seconds(300), longest: .seconds(1800), gates: ["errors"], watched: ["memory"])

    private static func baking(_ bake: Bake, _ policy: CutOffPolicy = .ask) -> Rehearsal {
        var plan = Plans.canary
        plan.steps[9] = .bake(bake)
        plan.onNotEnough = policy
        var run = Rehearsal(plan)
        run.walk(toStep: 9)
        if let begin = run.work.first { run.tell(.stepBegun(begin.id)) }
        return run
    }

    private static func order(_ run: Rehearsal, _ lane: OrderID.Lane) throws -> OrderID {
        try #require(run.state.orders(run.plan).first { $0.id.lane == lane }).id
    }

    private static func wearOut(_ run: inout Rehearsal) throws {
        run.tell(.deadlinePassed(try order(run, .deadline)))
        run.tell(.deadlinePassed(try order(run, .longest)))
    }

    @Test func rollsBackWhereTheFlowSaysSo() throws {
        var run = Self.baking(Self.watching, .rollBack)
        try Self.wearOut(&run)
        guard case .returning(let way) = run.state.course else {
            Issue.record("not on the way home but \(run.state.course)")
            return
        }
        #expect(way.why.kind == .notEnoughEvidence)
    }

    @Test func asksWhereTheFlowSaysSo() throws {
        var run = Self.baking(Self.watching)
        try Self.wearOut(&run)
        guard case .asking = run.state.course else {
            Issue.record("does not ask but \(run.state.course)")
            return
        }
        #expect(run.state.question(run.plan) == "not enough evidence")
        // The gate goes on meanwhile, and still rolls back.
        let gate = try Self.order(run, .gate(0))
        var failing = run
        failing.tell(.judged(gate, gate: "errors", Verdict(.fail, "5 is above 1")))
        guard case .returning = failing.state.course else {
            Issue.record("a failing gate does not turn a run that asks")
            return
        }
        var rejected = run
        rejected.tell(.wished(Wish(.reject, by: "mia")))
        guard case .returning = rejected.state.course else {
            Issue.record("reject does not turn it")
            return
        }
        run.tell(.wished(Wish(.approve, by: "mia")))
        #expect(run.isAt(step: 10))
    }

    @Test func nobodySaysHowToGoOn() throws {
        var run = Self.baking(Self.watching)
        try Self.wearOut(&run)
        run.tell(.deadlinePassed(try Self.order(run, .deadline)))
        guard case .returning(let way) = run.state.course else {
            Issue.record("waits without end")
            return
        }
        #expect(
            way.why
                == Setback(.deadline, "nobody said how to go on without enough evidence"))
    }

    /// What is only watched neither turns a run nor keeps it.
    @Test func watchedGatesDecideNothing() throws {
        var run = Self.baking(Self.watching)
        let watched = try Self.order(run, .gate(1))
        run.tell(.judged(watched, gate: "memory", Verdict(.fail, "2 is above 1")))
        #expect(run.isAt(step: 9))
        let gate = try Self.order(run, .gate(0))
        run.tell(.judged(gate, gate: "errors", Verdict(.pass, "0 is at most 1")))
        run.tell(.deadlinePassed(try Self.order(run, .deadline)))
        #expect(run.isAt(step: 10))
    }

    @Test func watchedGatesAloneProveNothingMore() throws {
        var run = Self.baking(Self.watching)
        let watched = try Self.order(run, .gate(1))
        run.tell(.judged(watched, gate: "memory", Verdict(.pass, "0 is at most 1")))
        run.tell(.deadlinePassed(try Self.order(run, .deadline)))
        #expect(run.isAt(step: 9))
    }
}
