import CanaryEngine
import Testing

/// The plan that takes a version away.
@Suite struct RemovalTests {
    static let plan = RunPlan.removal(like: Plans.canary)

    @Test func everyLegComesInItsOrder() {
        #expect(
            WalkTests.page(Self.plan).split(separator: "\n").map(String.init).last == "promoted")
        #expect(
            Self.plan.legsOfClosing.map(\.name) == [
                "naming stable's subset", "letting the mesh settle", "bringing traffic home",
                "seeing traffic at home", "removing the dark route", "letting the mesh settle",
                "draining the candidate", "removing the candidate",
                "removing the candidate's subset", "unpinning the routes",
                "letting the mesh settle", "taking our marks away",
            ])
    }

    /// Nothing leads to it any more, before it goes; and nothing goes before that is decided.
    @Test func nothingIsTakenAwayBeforeItIsDecided() {
        let before = (0...Self.plan.steps.count).flatMap { Self.plan.legs(ofStep: $0) }
        #expect(before == [.begin, .backUp, .holdStable, .makeWay, .decidePromotion])
        #expect(
            Self.plan.legsHome(begun: 1) == [.restoreStable, .tidy, .verifyHome])
    }

    @Test func aGuardStandsAndGoes() {
        var guarded = Plans.canary
        guarded.isGuarded = true
        let plan = RunPlan.removal(like: guarded)
        #expect(plan.legs(ofStep: 0).contains(.postGuard))
        #expect(plan.legsOfClosing.last == .dismissGuard)
    }

    @Test func withoutRoomItGoesHome() {
        var run = Rehearsal(Self.plan)
        let isThere = run.walk { state in
            state.orders(Self.plan).contains { $0.work == .carryOut(.makeWay) }
        }
        #expect(isThere)
        guard let order = run.work.first else { return }
        run.tell(.failed(order.id, Setback(.denied, "no room")))
        while run.answerWell() {}
        #expect(run.state.course == .rolledBack(Setback(.denied, "no room")))
    }

    /// Whoever takes the run just before the decision looks again.
    @Test func aNewHolderLooksAgain() {
        var run = Rehearsal(Self.plan)
        _ = run.walk { state in
            state.orders(Self.plan).contains { $0.work == .carryOut(.decidePromotion) }
        }
        run.tell(.held(Holding(epoch: 2, holder: "b", version: "1", absence: .zero)))
        #expect(run.work.map(\.work) == [.carryOut(.makeWay)])
    }

    @Test func afterTheDecisionThereIsNoWayBack() {
        var run = Rehearsal(Self.plan)
        _ = run.walk { if case .closing = $0.course { true } else { false } }
        #expect(
            run.state.refusal(of: .abort, Self.plan)?.why
                == "the removal is decided; deploy the version again to have it back")
        run.tell(.wished(Wish(.abort, by: "mia")))
        while run.answerWell() {}
        #expect(run.state.course == .promoted)
    }
}
