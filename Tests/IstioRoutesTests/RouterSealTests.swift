import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Testing

@testable import IstioRoutes

/// What carries our seal is ours to write; what lost it is not, but for the way home.
struct RouterSealTests {
    /// Two VirtualServices and a rule, all of other people's making.
    static let scene = RouterStoryTests.scenes[2]

    static func unsealed(_ object: inout KubernetesObject) {
        for key in [
            WriteSeal.runAnnotation, WriteSeal.epochAnnotation, WriteSeal.headAnnotation,
        ] { object.annotate(key, nil) }
        // Only what is there can be signed.
        object.tree.set("a", at: "metadata", "labels", "team")
    }

    /// Somebody takes our seal off and leaves everything else: the next leg forward ends there.
    @Test(
        arguments: [
            (0, ResourceKind.destinationRule, RouterLeg.candidateSubset),
            (1, .virtualService, .pin), (2, .destinationRule, .candidateSubset),
            (3, .virtualService, .dark), (4, .virtualService, .shift(1, from: 0)),
            (6, .virtualService, .shift(100, from: 50)),
        ])
    func goesNoFurtherWithoutTheSeal(
        _ legs: Int, _ kind: ResourceKind, _ leg: RouterLeg
    ) throws {
        let waters = try RouterWaters(Self.scene.objects)
        let before = RouterStoryTests.specs(waters)
        try waters.play {
            let managed = try await waters.router(Self.scene.scope).survey().managed
            let router = waters.router(Self.scene.scope, known: managed)
            let backup = try await router.backUp()
            try await router.claim()
            for leg in RouterLeg.forward.prefix(legs) { try await leg.sail(router, backup: backup) }
            try await waters.edit(kind, by: "kubectl-edit", Self.unsealed)
            let spec = waters.object(kind)?.spec
            let error = await #expect(throws: KubernetesError.self) {
                try await leg.sail(router, backup: backup)
            }
            #expect(error?.code == .fenced(by: ""))
            #expect(error?.place == "PUT \(kind.kind) shop/reviews")
            #expect(error?.detail.hasPrefix("it carries no seal") == true)
            #expect(waters.object(kind)?.spec == spec)
            // Home it goes all the same.
            for leg in RouterLeg.back { try await leg.sail(router, backup: backup) }
            #expect(try await router.verifyHome(backup: backup) == [])
        }
        waters.audit(Self.scene.scope)
        #expect(RouterStoryTests.specs(waters) == before)
    }

    /// Whoever takes the run seals everything first: then each leg may begin again.
    @Test func theNextHolderSealsAndGoesOn() throws {
        let waters = try RouterWaters(Self.scene.objects)
        let share = try waters.play {
            let first = waters.router(Self.scene.scope)
            let managed = try await first.survey().managed
            for (number, leg) in RouterLeg.forward.enumerated() {
                let epoch = number + 1
                let router = waters.router(Self.scene.scope, epoch: epoch, known: managed)
                for reference in managed { _ = try await router.writer.claim(reference) }
                try await leg.sail(router, backup: [])
                try await leg.sail(router, backup: [])
            }
            return try await waters.router(Self.scene.scope, epoch: 9).currentShare()
        }
        #expect(share == .all)
        waters.audit(Self.scene.scope)
    }

    /// The candidate's pods may go while the API server is silent: each attempt asks anew.
    @Test func asksAheadOfEveryAttempt() throws {
        let waters = try RouterWaters(Self.scene.objects)
        let asked = Mutex(0)
        try waters.play {
            let router = waters.router(Self.scene.scope)
            for leg in RouterLeg.forward.prefix(5) { try await leg.sail(router, backup: []) }
            let left = Mutex(2)
            let plan = FaultPlan { call in
                guard call.method == "PUT", left.withLock({ $0 }) > 0 else { return nil }
                left.withLock { $0 -= 1 }
                return .status(503)
            }
            let troubled = waters.router(Self.scene.scope, faults: plan)
            let setback = await #expect(throws: Setback.self) {
                try await troubled.shift(to: percent(50), expecting: percent(1)) {
                    if asked.withLock({
                        $0 += 1; return $0
                    }) == 3 {
                        throw Setback(.candidateBroken, "no pods")
                    }
                }
            }
            #expect(setback == Setback(.candidateBroken, "no pods"))
            #expect(try await router.currentShare().percent == 2)
            // What stands there already is not written, and nothing is asked.
            try await router.shift(to: percent(1), expecting: .none) { throw CancellationError() }
        }
        #expect(asked.withLock { $0 } == 3)
    }
}
