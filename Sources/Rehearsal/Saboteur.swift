internal import CanaryEngine
internal import HTTPMessages
internal import JSONTree
internal import Journal
internal import Lab
internal import Synchronization
internal import Timekeeping

/// Makes the doors of a faulty theseus: they share what a fault must know to show itself.
final class Saboteur: Sendable {
    private struct Memory {
        /// How many are ready, by what was asked.
        var ready: [String: Int] = [:]
        var flaps = 0
        /// The date of the newest change of readiness.
        var lastFlap: Int?
        /// For so long readiness has flapped.
        var flapping = Duration.zero
        var isRoutingBroken = false
    }

    let sabotage: Sabotage
    private let memory = Mutex(Memory())

    init(_ sabotage: Sabotage) { self.sabotage = sabotage }

    func transport(_ inner: any HTTPTransport, date: @escaping @Sendable () -> Int)
        -> any HTTPTransport
    {
        SabotagedTransport(inner, self, date: date)
    }

    func clock(_ inner: any Timekeeper) -> any Timekeeper {
        switch sabotage {
        case .flappingDeadline, .skippedDeadline: SabotagedClock(inner: inner, saboteur: self)
        default: inner
        }
    }

    func store(_ inner: any JournalStore, _ plan: RunPlan) -> any JournalStore {
        switch sabotage {
        case .deafAfterPromote, .lostHook:
            SabotagedJournal(inner: inner, sabotage: sabotage, plan: plan)
        default: inner
        }
    }

    /// Takes note of what goes by.
    func hear(_ request: HTTPRequest, _ response: HTTPResponse, at date: Int) {
        if request.method == "PUT", request.url.contains("/virtualservices/") {
            memory.withLock { $0.isRoutingBroken = response.status >= 500 }
        }
        guard request.method == "GET", let ready = Self.readyPods(request, response) else { return }
        memory.withLock { memory in
            guard memory.ready.updateValue(ready, forKey: request.url) ?? ready != ready else {
                return
            }
            memory.flaps += 1
            let pause = Duration.milliseconds(date - (memory.lastFlap ?? date))
            if pause < .seconds(20) { memory.flapping += pause }
            memory.lastFlap = date
        }
    }

    /// How often readiness changed so far.
    var flaps: Int { memory.withLock { $0.flaps } }

    /// For how long it did, without a long pause.
    var flapping: Duration { memory.withLock { $0.flapping } }

    /// The newest write of a route failed.
    var isRoutingBroken: Bool { memory.withLock { $0.isRoutingBroken } }

    private static func readyPods(_ request: HTTPRequest, _ response: HTTPResponse) -> Int? {
        guard request.url.contains("/pods"), let tree = try? response.body.tree(),
            let pods = tree["items"]?.items
        else { return nil }
        return pods.count { pod in
            (pod.at("status", "conditions")?.items ?? []).contains {
                $0["type"] == "Ready" && $0["status"] == "True"
            }
        }
    }
}

/// A clock by which some deadlines do not come when they should.
private struct SabotagedClock: Timekeeper {
    let inner: any Timekeeper
    let saboteur: Saboteur

    /// What sleeps so long waits for a deadline.
    private static let long = Duration.seconds(60)
    /// So often a deadline is put off: for some hours.
    private static let most = 100

    /// While readiness flaps, no time goes by.
    var now: Duration {
        guard saboteur.sabotage == .flappingDeadline else { return inner.now }
        return inner.now - min(saboteur.flapping, .seconds(4 * 3600))
    }
    var date: Int { inner.date }

    func sleep(for duration: Duration) async throws(CancellationError) {
        var flaps = saboteur.flaps
        try await inner.sleep(for: duration)
        guard duration >= Self.long else { return }
        for _ in 0..<Self.most {
            let isPutOff =
                saboteur.sabotage == .flappingDeadline
                ? saboteur.flaps != flaps : saboteur.isRoutingBroken
            guard isPutOff else { return }
            flaps = saboteur.flaps
            try await inner.sleep(for: duration)
        }
    }
}
