import CanaryEngine

/// The plans that the engine's tests walk.
enum Plans {
    static let smoke = TestCall("smoke", attempts: 2)
    static let bake = Bake(
        duration: .seconds(300), longest: .seconds(1800), gates: ["errors"], tests: [smoke])

    static func weight(_ percent: Int) -> Step {
        .weight(TrafficWeight(percent: percent) ?? .none)
    }

    /// The sequence of the product.
    static let canary = RunPlan(steps: [
        .backup, .deploy(deadline: .seconds(600)), .route,
        .reach(deadline: .seconds(120), every: .seconds(1)), .test(smoke), .autoscale,
        .drill(within: .seconds(10)), weight(1),
        .test(TestCall("performance", baseline: .record)), .bake(bake), weight(50),
        .test(TestCall("performance", baseline: .compare)), .bake(bake), weight(100),
        .shrink(minimum: 1), .test(smoke), .bake(bake), .retire,
    ])

    /// TLS and TCP routes alone: no dark route, and the first weight names the subset.
    static let connections = RunPlan(steps: [
        .backup, .deploy(deadline: .seconds(600)), .drill(within: .seconds(10)), weight(10),
        .bake(bake), weight(100), .retire,
    ])

    /// A candidate that grows in the dark, ahead of its weights.
    static let scaling = RunPlan(steps: [
        .backup, .deploy(deadline: .seconds(600)), .route,
        .scale(TrafficWeight(percent: 50) ?? .none),
        .test(smoke), .scale(.all), weight(50), weight(100), .retire,
    ])

    /// Everything that asks, waits or may run only once.
    static let asking = RunPlan(
        steps: [
            .backup, .deploy(deadline: .seconds(60)), .route,
            .test(TestCall("migrate", repetition: .atMostOnce)), weight(1), .bake(bake),
            .approve(timeout: .seconds(3600)), .pause(.seconds(60)), .gate("errors"), weight(100),
            .retire,
        ], onCutOff: .ask)
}

/// A clock and a run: tells facts one second apart.
struct Rehearsal {
    var state = RunState()
    let plan: RunPlan
    var now = Duration.zero

    init(_ plan: RunPlan) { self.plan = plan }

    mutating func tell(_ fact: Fact) {
        now += .seconds(1)
        state.hear(fact, at: now, plan)
    }

    /// The orders in force but for waits.
    var work: [Order] {
        state.orders(plan).filter { if case .wait = $0.work { false } else { true } }
    }

    /// Answers what is in force the best way there is; false where there is nothing to answer.
    mutating func answerWell() -> Bool {
        let orders = state.orders(plan)
        for order in orders {
            let before = state.course
            if let fact = Self.goodAnswer(to: order) { tell(fact) }
            if state.course != before { return true }
        }
        for order in orders {
            if case .wait(let deadline) = order.work {
                now = max(now, deadline.end)
                let before = state.course
                tell(.deadlinePassed(order.id))
                if state.course != before { return true }
            }
        }
        return false
    }

    static func goodAnswer(to order: Order) -> Fact? {
        switch order.work {
        case .wait: nil
        case .watchCandidate: nil
        case .watch(let gate): .judged(order.id, gate: gate, Verdict(.pass, "fine"))
        case .test(_, let round) where round > 0: nil  // one round in a bake is enough
        case .test:
            .tested(
                order.id,
                TestReport(passed: true, sentence: "fine", measures: [Measure("p99", 12)]))
        case .carryOut(.begin): .stepBegun(order.id)
        case .carryOut(.decidePromotion): .promotionDecided(order.id)
        case .carryOut(.backUp): .backedUp(order.id, Backup(digest: "d", stableReady: 3))
        case .carryOut(.awaitReady):
            .recognised(order.id, Likeness([.init("image app", ["a"])]), note: "ready")
        case .carryOut(.observe): .observed(order.id, seen: true, note: "seen")
        case .carryOut(.judge(let gate)): .judged(order.id, gate: gate, Verdict(.pass, "fine"))
        case .carryOut: .done(order.id, note: "")
        }
    }

    mutating func walk(until isThere: (RunState) -> Bool) -> Bool {
        for _ in 0..<2_000 {
            if isThere(state) { return true }
            if state.isOver || !answerWell() { return isThere(state) }
        }
        return false
    }

    /// Goes well until the step is about to begin.
    mutating func walk(toStep step: Int) {
        while !isAt(step: step), !state.isOver, answerWell() {}
    }

    func isAt(step: Int) -> Bool {
        if case .advancing(let place) = state.course { place.step == step } else { false }
    }
}
