import CanaryEngine
import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Testing

@testable import Workloads

/// What is said of pods that do not come up.
struct WaitingTests {
    private final class Sayings: Sendable {
        let all = Mutex<[String]>([])
        func hear(_ saying: String) { all.withLock { $0.append(saying) } }
    }

    private static func terms(_ sayings: Sayings, readsLogs: Bool = true) -> ReadyTerms {
        var terms = ReadyTerms()
        terms.patience = .seconds(90)
        terms.readsLogs = readsLogs
        terms.hear = { sayings.hear($0) }
        return terms
    }

    private static func setback(
        _ behaviour: PodBehaviour, denied: Bool = false, readsLogs: Bool = true
    ) throws -> (Setback, [String]) {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            if denied {
                yard.world.reach {
                    $0.cluster.denials = [LabDenial(["verb": "get", "kind": "pods/log"])]
                        .compactMap(
                            \.self)
                }
            }
            try await keeper.applyCandidate()
            yard.behave(behaviour, Yard.candidate)
            let sayings = Sayings()
            do {
                _ = try await keeper.awaitReady(
                    Yard.candidate, terms(sayings, readsLogs: readsLogs))
            } catch let setback as Setback {
                return (setback, sayings.all.withLock { $0 })
            }
            return (Setback(.fault, "it came up"), [])
        }
    }

    @Test func aCrashTellsWhatItsLogSaysWithoutThePassword() throws {
        let (setback, sayings) = try Self.setback(.crash)
        #expect(setback.kind == .candidateBroken)
        #expect(setback.reason.contains(", container app: restarted 2 times"))
        #expect(sayings.first?.contains("CrashLoopBackOff") == true)
        let log = try #require(sayings.last)
        #expect(log.hasPrefix("pod demo-app-v2-"))
        #expect(log.contains("wrote last:\n    starting registry.example.test/demo-app:v2\n"))
        #expect(log.contains("postgres://***@db/app\n    fatal: no database"))
        #expect(!log.contains("lab-secret"))
    }

    @Test func oneThatNeverIsReadyEndsInTimeAndSaysWhatItWrote() throws {
        let (setback, sayings) = try Self.setback(.neverReady)
        #expect(setback.kind == .deadline)
        #expect(setback.reason == "the candidate was not ready in time: 0 of 3 pods are ready")
        #expect(sayings.last?.hasSuffix("\n    warming the cache") == true)
    }

    @Test func oneWithoutAnImageHasNoLog() throws {
        let (setback, sayings) = try Self.setback(.unpullable)
        #expect(setback.reason.hasSuffix("container app: ImagePullBackOff"))
        #expect(sayings == [])
    }

    @Test func aLogThatMayNotBeReadIsNoReasonToFail() throws {
        let (setback, sayings) = try Self.setback(.crash, denied: true)
        #expect(setback.kind == .candidateBroken)
        #expect(
            sayings.last?.hasSuffix("container app: its log may not be read (pods/log)") == true)
        let (_, quiet) = try Self.setback(.crash, readsLogs: false)
        #expect(!quiet.contains { $0.contains("log") })
    }

    /// Three good looks are not enough where the flow wants more.
    @Test func steadyIsAMatterOfTime() throws {
        try inYard { yard in
            let keeper = yard.keeper(try Yard.scope())
            try await keeper.applyCandidate()
            _ = try await keeper.awaitReady(Yard.candidate)
            let begin = yard.clock.now
            var terms = ReadyTerms()
            terms.steady = .seconds(20)
            _ = try await keeper.awaitReady(Yard.candidate, terms)
            #expect(yard.clock.now - begin >= .seconds(20))
        }
    }

    /// A start of two minutes, with this coming of every watch: so many looks at the pods, and when
    /// it was over.
    private static func longStart(_ watch: CallOutcome?) throws -> (looks: Int, end: Duration) {
        var deployment = DemoWorld.deployment(version: "v2")
        deployment.set(
            ["lab.theseus.dev/ready-after": "120s"], at: "spec", "template", "metadata",
            "annotations")
        let late = deployment
        return try inYard { yard in
            let plan = FaultPlan { $0.url.contains("watch=1") ? watch : nil }
            let road = FaultyTransport(yard.world, time: yard.clock, plan: plan)
            let keeper = yard.keeper(try Yard.scope(deployment: late), over: road)
            try await keeper.applyCandidate()
            #expect(try await keeper.awaitReady(Yard.candidate).ready == 3)
            let looks = plan.calls.count { $0.url.contains("/pods?") && !$0.url.contains("watch") }
            return (looks, yard.clock.now)
        }
    }

    /// Looks are rare where a watch would tell, and as many as ever where none would.
    @Test func looksRarelyWhileAWatchWouldTell() throws {
        let (rare, watched) = try Self.longStart(nil)
        let (frequent, polled) = try Self.longStart(.status(403))
        #expect(rare < 45 && frequent > 115, "\(rare), \(frequent)")
        #expect(watched - polled < .seconds(1), "\(watched), \(polled)")
    }

    /// What is not told costs one rest.
    @Test(arguments: [CallOutcome.deadStream, .brokenStream, .resetNotApplied, .status(410)])
    func aWatchThatFailsCostsOneRest(_ outcome: CallOutcome) throws {
        let (_, watched) = try Self.longStart(nil)
        let (_, end) = try Self.longStart(outcome)
        #expect(end - watched <= .seconds(6), "\(end), \(watched)")
    }
}
