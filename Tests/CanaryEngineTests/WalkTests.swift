import CanaryEngine
import Golden
import Testing

@Suite struct WalkTests {
    /// The good day, leg by leg, on one page.
    @Test func goodDayIsAsWritten() throws {
        try expectGolden(Self.page(Plans.canary), named: "good-day.txt")
    }

    /// From each step home: which legs undo what had begun.
    @Test func wayHomeIsAsWritten() throws {
        var lines: [String] = []
        for begun in 0...Plans.canary.steps.count {
            let legs = Plans.canary.legsHome(begun: begun).map(\.name)
            lines.append("after \(begun) steps: \(legs.joined(separator: " · "))")
        }
        try expectGolden(lines.joined(separator: "\n") + "\n", named: "way-home.txt")
    }

    /// A scale is what stands before a weight, without the weight; there is nothing of its own to undo.
    @Test func scalesAheadOfWeights() throws {
        let plan = Plans.scaling
        try expectGolden(Self.page(plan), named: "scaling-day.txt")
        #expect(plan.legs(ofStep: 3) == [.begin, .prepare(TrafficWeight(percent: 50) ?? .none)])
        #expect(plan.legsHome(begun: 4) == plan.legsHome(begun: 3))
        #expect(!plan.hasShifted(begun: 6))
        #expect(plan.load(of: .all, atStep: 7) == .all)
    }

    /// Pods that do not come in time: the run goes home.
    @Test func aScaleThatIsLateTurnsTheRunHome() {
        var run = Rehearsal(Plans.scaling)
        run.walk(toStep: 3)
        #expect(run.walk { $0.leg(Plans.scaling) == .prepare(TrafficWeight(percent: 50) ?? .none) })
        let wait = run.state.orders(Plans.scaling).first {
            if case .wait = $0.work { true } else { false }
        }
        guard let wait else {
            Issue.record("nothing waits")
            return
        }
        run.tell(.deadlinePassed(wait.id))
        guard case .returning = run.state.course else {
            Issue.record("\(run.state.course)")
            return
        }
        #expect(run.walk { $0.isOver })
        guard case .rolledBack = run.state.course else {
            Issue.record("\(run.state.course)")
            return
        }
    }

    /// Without a dark route the subset comes with the first weight, and goes after it.
    @Test func connectionsNeedNoDarkRoute() {
        let plan = Plans.connections
        let named = plan.steps.indices.filter {
            plan.legs(ofStep: $0).contains(.addCandidateSubset)
        }
        #expect(named == [2])
        #expect(
            plan.legsHome(begun: 2).map(\.name) == [
                "draining the candidate", "removing the candidate", "unpinning the routes",
                "letting the mesh settle", "giving stable its size back",
                "taking our marks away", "verifying that all is as before",
            ])
        #expect(
            plan.legsHome(begun: 3).map(\.name) == [
                "bringing traffic home", "seeing traffic at home", "letting the mesh settle",
                "draining the candidate", "removing the candidate",
                "removing the candidate's subset", "unpinning the routes",
                "letting the mesh settle", "giving stable its size back",
                "taking our marks away", "verifying that all is as before",
            ])
        #expect(Self.page(plan).hasSuffix("promoted\n"))
        #expect(!plan.legsOfClosing.contains(.removeDarkRoute))
    }

    static func page(_ plan: RunPlan) -> String {
        var run = Rehearsal(plan)
        var lines: [String] = []
        while !run.state.isOver {
            let orders = run.state.orders(plan).map { "\(name($0))" }
            lines.append("\(place(run.state)): \(orders.joined(separator: ", "))")
            if !run.answerWell() { break }
        }
        lines.append("\(place(run.state))")
        return lines.joined(separator: "\n") + "\n"
    }

    static func place(_ state: RunState) -> String {
        switch state.course {
        case .advancing(let place):
            "step \(place.step + 1).\(place.leg) at \(state.weight.percent)%"
        case .closing(let place): "closing \(place.leg) at \(state.weight.percent)%"
        case .returning(let way): "home \(way.place.leg)"
        case .asking, .paused: "waits for a person"
        case .promoted: "promoted"
        case .rolledBack(let why): "rolled back: \(why.reason)"
        case .personNeeded(let trouble): "person needed: \(trouble.setback.reason)"
        }
    }

    static func name(_ order: Order) -> String {
        switch order.work {
        case .carryOut(let leg): leg.name
        case .wait(let deadline): "wait \(deadline.limit)"
        case .watch(let gate): "watch \(gate)"
        case .watchCandidate: "watch the candidate"
        case .test(let call, let round): "test \(call.name) round \(round)"
        }
    }
}

/// Copies, and users who stay.
@Suite struct BesideTheWeightsTests {
    static func weight(_ percent: Int) -> TrafficWeight { TrafficWeight(percent: percent) ?? .none }

    static let plan = RunPlan(steps: [
        .backup, .deploy(deadline: .seconds(60)), .route, .mirror(weight(20)),
        .sticky(Stickiness(cookie: "a", ttl: .seconds(60))), Plans.weight(10), Plans.weight(50),
        Plans.weight(100), .retire,
    ])

    @Test func copiesGoHomeToo() {
        #expect(Self.plan.legsHome(begun: 3).first == .removeDarkRoute)
        #expect(Self.plan.legsHome(begun: 4).first == .goHome)
        #expect(WalkTests.page(Self.plan).hasSuffix("promoted\n"))
    }

    /// Whoever stays comes on top of those who are divided anew.
    @Test func makesRoomForThoseWhoStay() {
        let prepared = Self.plan.steps.indices.flatMap { Self.plan.legs(ofStep: $0) }.compactMap {
            if case .prepare(let weight) = $0 { weight.percent } else { nil }
        }
        #expect(prepared == [20, 10, 55, 100, 100])
    }

    struct Rises: Sendable {
        /// 0 stands for `sticky`, -1 for `drill`.
        var steps: [Int]
        var loads: [Int]
    }

    /// Every rise divides the rest anew: the parts of all of them add up.
    @Test(arguments: [
        Rises(steps: [0, 10, 20, 30], loads: [10, 28, 50]),
        Rises(steps: [0, 1, 5, 10, 25, 50], loads: [1, 6, 16, 37, 69]),
        Rises(steps: [0, 10, 50, 100], loads: [10, 55, 100]),
        Rises(steps: [10, 20, 30], loads: [10, 20, 30]),
        // Nobody was kept before: the last weight alone counts.
        Rises(steps: [10, 20, 0, 30], loads: [10, 20, 44]),
        Rises(steps: [-1, 0, 10], loads: [1, 10]),
        Rises(steps: [0, -1, 10], loads: [1, 11]),
    ])
    func makesRoomForAllRises(_ rises: Rises) {
        let plan = RunPlan(
            steps: rises.steps.map { step in
                switch step {
                case 0: .sticky(Stickiness(cookie: "a", ttl: .seconds(60)))
                case -1: .drill(within: .seconds(30))
                default: Plans.weight(step)
                }
            })
        let prepared = plan.steps.indices.flatMap { plan.legs(ofStep: $0) }.compactMap {
            if case .prepare(let weight) = $0 { weight.percent } else { nil }
        }
        #expect(prepared == rises.loads)
    }

    @Test func timesAreWholeSeconds() {
        #expect(Stickiness(cookie: "a", ttl: .milliseconds(2700)).ttl == .seconds(2))
        #expect(Stickiness(cookie: "a", ttl: .milliseconds(2)).ttl == .seconds(1))
    }
}
