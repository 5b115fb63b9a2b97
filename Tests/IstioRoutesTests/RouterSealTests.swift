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
