import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Testing
import Timekeeping

@testable import Voyage

/// Who has a target, over an API server that has its days.
@Suite struct TargetLeaseTests {
    /// Sleeps in no time: only its own clock goes on.
    private final class SleeplessClock: Timekeeper {
        private let reading = Mutex(Duration.zero)

        var now: Duration { reading.withLock { $0 } }
        var date: Int { 1_700_000_000_000 + Int(now / .milliseconds(1)) }

        func sleep(for duration: Duration) async throws(CancellationError) {
            if Task.isCancelled { throw CancellationError() }
            reading.withLock { $0 += max(duration, .zero) }
            await Task.yield()
        }
    }

    /// What came, in its order.
    private final class Notes<Note: Sendable>: Sendable {
        private let kept = Mutex<[Note]>([])

        var all: [Note] { kept.withLock { $0 } }

        /// Answers with how many there are now.
        @discardableResult
        func add(_ note: Note) -> Int {
            kept.withLock {
                $0.append(note)
                return $0.count
            }
        }
    }

    /// A cluster with one namespace, and leases on one target in it.
    private struct Berth: Sendable {
        let time: any Timekeeper
        let world: LabWorld

        init(_ time: any Timekeeper = SleeplessClock()) throws {
            self.time = time
            let state = try LabWorldFile([
                "objects": [
                    ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "shop"]]
                ]
            ]).begin(date: time.date)
            world = LabWorld(state, time: time)
        }

        func lease(_ run: String, _ plan: FaultPlan? = nil) -> TargetLease {
            let road: any HTTPTransport =
                plan.map { FaultyTransport(world, time: time, plan: $0) } ?? world
            return TargetLease(
                client: KubernetesClient(
                    server: LabWorld.server, transport: road, time: time
                ).patient(for: .seconds(10)),
                namespace: "shop", service: "app", run: run, holder: "here/\(run)", pace: Pace())
        }

        var wish: String? {
            world.snapshot().cluster.object(
                ObjectReference(.lease, namespace: "shop", name: "theseus-app")
            )?.annotation(TargetLease.wishAnnotation)
        }
    }

    /// Reading works, writing never does: told within our patience.
    @Test(arguments: [503, 429])
    func anUnwritableLeaseIsGivenUp(status: Int) async throws {
        let berth = try Berth()
        let lease = berth.lease("r1", FaultPlan { $0.method == "GET" ? nil : .status(status) })
        await #expect(throws: KubernetesError.self) { try await lease.take() }
        #expect(berth.time.now <= .seconds(10))
    }

    /// An error while renewing is tried again soon, so that nobody takes the holder for dead.
    @Test func renewsSoonAfterATrouble() async throws {
        let berth = try Berth()
        #expect(try await berth.lease("r1").take() == .taken)
        let writes = Notes<Duration>()
        let time = berth.time
        let lease = berth.lease(
            "r1",
            FaultPlan { call in
                guard call.method == "PUT" else { return nil }
                return writes.add(time.now) == 1 ? .status(503) : nil
            })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await lease.keep { _ in } }
            while writes.all.count < 3 { await Task.yield() }
            group.cancelAll()
        }
        let rests = [writes.all[1] - writes.all[0], writes.all[2] - writes.all[1]]
        #expect(rests[0] < .seconds(2) && rests[1] >= .seconds(5), "\(rests)")
    }

    /// The wish outlives its first hearer: only the next run's holder does not hear it.
    @Test func anAbortStaysUntilTheLeaseIsAnothers() async throws {
        let berth = try Berth()
        let lease = berth.lease("r1")
        #expect(try await lease.take() == .taken)
        try await lease.leaveAbort(by: "mia")
        let heard = Notes<TargetLease.Loss>()
        let begin = berth.time.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await lease.keep { heard.add($0) } }
            while berth.time.now < begin + .seconds(60) { await Task.yield() }
            group.cancelAll()
        }
        #expect(heard.all == [.abortWished(by: "mia")])
        #expect(berth.wish == "mia")
        #expect(try await berth.lease("r1").take(byForce: true) == .taken)
        #expect(berth.wish == "mia")
        #expect(try await berth.lease("r2").take(over: "r1") == .taken)
        #expect(berth.wish == nil)
    }

    /// Whoever takes the run next hears it, though its holder gave the lease back unfinished; whoever
    /// takes another run does not.
    @Test func anAbortOutlivesItsHolder() throws {
        let turnable = TurnableWorld()
        try turnable.run {
            let berth = try Berth(LabClock(turnable))
            let lease = berth.lease("r1")
            #expect(try await lease.take() == .taken)
            try await lease.leaveAbort(by: "mia")
            await lease.release()
            #expect(berth.wish == "mia")
            let next = berth.lease("r1")
            #expect(try await next.take() == .taken)
            #expect(try await next.leftAbort() == "mia")
            await next.release(ended: true)
            #expect(berth.wish == nil)

            // Nobody holds the run.
            try await lease.leaveAbort(by: "ada")
            #expect(try await next.take() == .taken)
            #expect(try await next.leftAbort() == "ada")
            let other = berth.lease("r2")
            #expect(try await other.take(over: "r1") == .taken)
            #expect(try await other.leftAbort() == nil)
        }
    }

    @Test func aPulseStopsOnceNothingMoves() {
        var pulse = Pulse(sequence: 1, now: .zero)
        #expect(pulse.silence(beat: "7", sequence: 1, now: .seconds(5)) == .zero)
        #expect(pulse.silence(beat: "7", sequence: 1, now: .seconds(15)) == .seconds(10))
        #expect(pulse.silence(beat: "8", sequence: 1, now: .seconds(16)) == .zero)
        #expect(pulse.silence(beat: nil, sequence: 2, now: .seconds(20)) == .zero)
        #expect(pulse.silence(beat: nil, sequence: 2, now: .seconds(35)) == .seconds(15))
    }
}
