import CanaryEngine
import Foundation
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing

@testable import IstioRoutes

/// The API server fails, the holder dies: the routes still end where they should.
struct RouterFaultTests {
    static let scene = RouterStoryTests.scenes[2]
    static let journey: [RouterLeg] =
        Array(RouterLeg.forward.prefix(6)) + RouterLeg.back

    /// What passes, when one waits or reads back and tries again.
    static let passing: [CallOutcome] = [
        .status(409), .status(429, retryAfter: 2), .status(500), .status(503), .resetNotApplied,
        .resetApplied, .timeOutNotApplied, .timeOutApplied, .slow(.seconds(5)),
    ]
    static let lasting: [CallOutcome] = [.status(401), .status(403), .status(422)]

    static func calls() throws -> Int {
        let waters = try RouterWaters(scene.objects)
        let plan = FaultPlan { _ in nil }
        try waters.play { try await sail(waters.router(scene.scope, faults: plan)) }
        return plan.calls.count
    }

    static func sail(_ router: IstioRouter) async throws {
        let backup = try await router.backUp()
        for leg in journey { try await leg.sail(router, backup: backup) }
    }

    /// Which calls fail: all of them with THESEUS_SWEEP=1, else each fifth one.
    static func numbers(_ outcome: CallOutcome) throws -> [Int] {
        let isSweep = ProcessInfo.processInfo.environment["THESEUS_SWEEP"] == "1"
        let place = (passing + lasting).firstIndex(of: outcome) ?? 0
        return (1...(try calls())).filter { isSweep || ($0 + place) % 5 == 0 }
    }

    /// Every single call of a whole journey fails in every way that passes: nobody notices.
    @Test(arguments: passing) func outlivesWhatPasses(_ outcome: CallOutcome) throws {
        for number in try Self.numbers(outcome) {
            let waters = try RouterWaters(Self.scene.objects)
            let before = RouterStoryTests.specs(waters)
            let plan = FaultPlan(call: number, outcome)
            try waters.play {
                try await Self.sail(waters.router(Self.scene.scope, faults: plan))
            }
            #expect(RouterStoryTests.specs(waters) == before)
            waters.audit(Self.scene.scope)
        }
    }

    static func goHome(_ waters: RouterWaters, epoch: Int) async throws {
        let router = waters.router(scene.scope, epoch: epoch)
        let backup = try originals()
        for leg in RouterLeg.back { try await leg.sail(router, backup: backup) }
        #expect(try await router.verifyHome(backup: backup) == [])
    }

    static func originals() throws -> [KubernetesObject] {
        let cluster = try RouterWaters(scene.objects).lab.snapshot().cluster
        return cluster.objects(.virtualService) + cluster.objects(.destinationRule)
    }

    /// Every single call fails for good: the journey ends there, and the way home is open.
    @Test(arguments: lasting) func comesHomeFromWhatLasts(_ outcome: CallOutcome) throws {
        for number in try Self.numbers(outcome) {
            let waters = try RouterWaters(Self.scene.objects)
            let before = RouterStoryTests.specs(waters)
            let plan = FaultPlan(call: number, outcome)
            try waters.play {
                try? await Self.sail(waters.router(Self.scene.scope, faults: plan))
                plan.heal()
                try await Self.goHome(waters, epoch: 1)
            }
            #expect(RouterStoryTests.specs(waters) == before)
            waters.audit(Self.scene.scope)
        }
    }

    /// The holder dies at every write, before or after it was applied; another goes home.
    @Test(arguments: [Lifeline.Death.Point.before, .after])
    func anotherGoesHome(_ point: Lifeline.Death.Point) throws {
        var effect = 1
        var isOver = false
        while !isOver {
            let waters = try RouterWaters(Self.scene.objects)
            let before = RouterStoryTests.specs(waters)
            let life = Lifeline(dies: .init(effect: effect, point: point))
            isOver = try waters.play {
                let survived: Bool
                do {
                    try await life.live(by: waters.clock) {
                        try await Self.sail(waters.router(Self.scene.scope, life: life))
                    }
                    survived = true
                } catch is Lifeline.Died {
                    survived = false
                }
                try await Self.goHome(waters, epoch: 2)
                return survived
            }
            #expect(RouterStoryTests.specs(waters) == before)
            waters.audit(Self.scene.scope)
            effect += 1
        }
        #expect(effect > 15)
    }

    /// The holder dies at every write; another begins every leg again, and ends at the same place.
    @Test func anotherGoesOn() throws {
        for effect in 1...12 {
            let waters = try RouterWaters(Self.scene.objects)
            let life = Lifeline(dies: .init(effect: effect, point: .after))
            let share = try waters.play {
                var next = 0
                let legs = RouterLeg.forward
                let reached = Reached()
                do {
                    try await life.live(by: waters.clock) {
                        let router = waters.router(Self.scene.scope, life: life)
                        for (number, leg) in legs.enumerated() {
                            await reached.set(number)
                            try await leg.sail(router, backup: [])
                        }
                    }
                } catch is Lifeline.Died {
                    next = await reached.leg
                    let router = waters.router(Self.scene.scope, epoch: 2)
                    for leg in legs.dropFirst(next) { try await leg.sail(router, backup: []) }
                }
                return try await waters.router(Self.scene.scope, epoch: 2).currentShare()
            }
            #expect(share == .all)
            waters.audit(Self.scene.scope)
        }
    }

    /// How far a process had come when it died.
    actor Reached {
        var leg = 0
        func set(_ number: Int) { leg = number }
    }

    /// An account that may not list all namespaces looks where it may, and says that it did.
    @Test func looksWhereItMay() throws {
        let waters = try RouterWaters(Self.scene.objects)
        let plan = FaultPlan { call in
            let isEverywhere = !call.url.contains("/namespaces/")
            return isEverywhere || call.url.contains("istio-system") ? .status(403) : nil
        }
        let survey = try waters.play {
            try await waters.router(Self.scene.scope, faults: plan).survey()
        }
        #expect(!survey.seesAllNamespaces)
        #expect(survey.routes.count == 2)
    }
}
