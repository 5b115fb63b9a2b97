import CanaryEngine
import Testing

/// SplitMix64: the same seed gives the same history.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct HistoryTests {
    /// Whatever is heard in whatever order: the weight never rises after the turn, nothing moves a
    /// run that is over, a fact heard twice is heard once, and a restart asks for the same.
    @Test(arguments: UInt64(0)..<400)
    func survivesAnyHistory(seed: UInt64) {
        var dice = Dice(state: seed)
        let plan = seed % 2 == 0 ? Plans.canary : Plans.asking
        var run = Rehearsal(plan)
        var old: [Fact] = []
        var hasTurned = false
        for _ in 0..<400 {
            let fact = Self.anyFact(run, old, using: &dice)
            old.append(fact)
            let before = run.state
            run.tell(fact)
            if before.isOver, case .promoted = before.course {
                #expect(run.state.course == .promoted)
            }
            if hasTurned { #expect(run.state.weight <= before.weight) }
            if case .returning = run.state.course { hasTurned = true }
            if fact.order != nil, run.state.course != before.course {
                let once = run.state
                run.tell(fact)
                #expect(run.state.course == once.course)
            }
            let ids = run.state.orders(plan).map(\.id)
            #expect(Set(ids).count == ids.count, "two orders with one identity")
            #expect(run.state.isOver == ids.isEmpty, "a run that waits for nothing")
        }
    }

    static func anyFact(
        _ run: Rehearsal, _ old: [Fact], using dice: inout Dice
    ) -> Fact {
        let orders = run.state.orders(run.plan)
        switch Int.random(in: 0..<20, using: &dice) {
        case 0:
            let kinds = Wish.Kind.allCases
            return .wished(Wish(kinds[Int.random(in: 0..<kinds.count, using: &dice)], by: "mia"))
        case 1:
            return .held(
                Holding(
                    epoch: run.state.epoch + 1, holder: "b", version: "1",
                    absence: .seconds(60)))
        case 2 where !old.isEmpty:
            return old[Int.random(in: 0..<old.count, using: &dice)]
        case 3 where !orders.isEmpty:
            let order = orders[Int.random(in: 0..<orders.count, using: &dice)]
            return .failed(order.id, Setback(.fault, "x"))
        case 4 where !orders.isEmpty:
            return .deadlinePassed(orders[Int.random(in: 0..<orders.count, using: &dice)].id)
        default:
            guard !orders.isEmpty else { return .noticed("nothing") }
            let order = orders[Int.random(in: 0..<orders.count, using: &dice)]
            return Rehearsal.goodAnswer(to: order) ?? .deadlinePassed(order.id)
        }
    }

    @Test func aTestThatMayRunOnlyOnceIsNotStartedAgainAfterACrash() throws {
        var run = Rehearsal(Plans.asking)
        run.walk(toStep: 3)
        run.tell(.stepBegun(try #require(run.work.first).id))
        let order = try #require(run.work.first)
        #expect(order.repetition == .atMostOnce)
        run.tell(.started(order.id))
        run.tell(
            .held(Holding(epoch: 2, holder: "b", version: "1", absence: .seconds(5))))
        guard case .asking = run.state.course else {
            Issue.record("a cut-off test was started again")
            return
        }
        #expect(run.state.question(run.plan) == "a test was cut off")
        #expect(run.work.map(\.work) == [.watchCandidate])
        run.tell(.wished(Wish(.reject, by: "mia")))
        #expect(run.walk { $0.isOver })
        #expect(run.state.question(run.plan) == nil)
        #expect(run.state.course == .rolledBack(Setback(.rejected, "rejected by mia")))
    }
}
