import CanaryEngine
import KubernetesAPI
import Lab
import Manifests
import Testing
import Workloads

/// One call after the other goes wrong; the way out and home ends as it should every time.
struct RoughWeatherTests {
    @Test(arguments: [
        CallOutcome.status(409), .status(429, retryAfter: 2), .status(503), .resetNotApplied,
        .resetApplied, .timeOutApplied, .slow(.seconds(5)),
    ])
    func anyCallMayGoWrongOnce(_ outcome: CallOutcome) throws {
        var number = 1
        while true {
            let call = number
            let calls = try inYard { yard in
                let plan = FaultPlan(call: call, outcome)
                let road = FaultyTransport(yard.world, time: yard.clock, plan: plan)
                let scope = try Yard.scope(extra: [settings()])
                let keeper = yard.keeper(scope, over: road)
                let backup = try await keeper.backUp()
                try await keeper.claimAll()
                try await keeper.applyCandidate()
                _ = try await keeper.awaitReady(Yard.candidate, atLeast: 1)
                try await keeper.giveAutoscaler()
                try await keeper.raiseFloor(Yard.candidate, to: 4)
                _ = try await keeper.awaitCapacity(Yard.candidate, 4)
                try await keeper.shrinkStable(minimum: 2)
                try await keeper.raiseStable(to: 3)
                try await keeper.removeCandidate()
                try await keeper.restoreStable(backup)
                try await keeper.unsealAll()
                let differences = try await keeper.verify(backup)
                #expect(differences == [], "call \(call), \(outcome)")
                #expect(yard.sealed == [], "call \(call), \(outcome)")
                #expect(yard.object(.deployment, Yard.candidate) == nil)
                return plan.calls.count
            }
            if number > calls { break }
            number += 1
        }
        #expect(number > 40)
    }

    /// Called off anywhere, and taken over by the next holder, the way home is the same.
    @Test func calledOffAnywhereItComesHome() throws {
        for steps in 0..<120 {
            try inYard { yard in
                let scope = try Yard.scope(extra: [settings()])
                let first = yard.keeper(scope, epoch: 1)
                let backup = try await first.backUp()
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try? await first.claimAll()
                        try? await first.applyCandidate()
                        _ = try? await first.awaitReady(Yard.candidate, atLeast: 1)
                        try? await first.giveAutoscaler()
                        try? await first.raiseFloor(Yard.candidate, to: 4)
                        try? await first.shrinkStable(minimum: 1)
                    }
                    let moment = Duration.milliseconds(steps < 60 ? steps : (steps - 59) * 200)
                    try? await yard.clock.sleep(for: moment)
                    group.cancelAll()
                }
                let second = yard.keeper(scope, epoch: 2)
                try await second.claimAll()
                try await second.removeCandidate()
                try await second.restoreStable(backup)
                try await second.unsealAll()
                #expect(try await second.verify(backup) == [], "step \(steps)")
                #expect(yard.sealed == [], "step \(steps)")
            }
        }
    }
}
