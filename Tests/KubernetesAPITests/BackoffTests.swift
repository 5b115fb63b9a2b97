import HTTPMessages
import Manifests
import Testing
import Timekeeping

@testable import KubernetesAPI

/// How long is waited between two tries.
@Suite struct BackoffTests {
    private let weather = KubernetesError(.unavailable(reached: .perhaps), place: "", detail: "")

    /// The same numbers every time.
    private struct Row: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    @Test func doublesToTwoSeconds() {
        var backoff = Backoff()
        var dice = Row(state: 1)
        let waits = (0..<7).map { _ in backoff.length(after: weather, dice: &dice) }
        #expect(waits == [100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
    }

    @Test func onlyTheFirstConflictCostsNothing() {
        var backoff = Backoff()
        var dice = Row(state: 1)
        let conflict = KubernetesError(.conflict, place: "", detail: "")
        let waits = (0..<3).map { _ in backoff.length(after: conflict, dice: &dice) }
        #expect(waits == [0, 100, 200].map { .milliseconds($0) })
    }

    /// Between half and whole, and not all the same; never shorter than the server asked for.
    @Test func spreadsOut() {
        var first: Set<Duration> = []
        for seed in UInt64(0)..<50 {
            var dice = Row(state: seed &* 7919)
            var backoff = Backoff(isJittered: true)
            let wait = backoff.length(after: weather, dice: &dice)
            #expect(wait >= .milliseconds(50) && wait <= .milliseconds(100))
            first.insert(wait)
            let busy = KubernetesError(
                .tooMany(retryAfter: .seconds(7)), place: "", detail: "")
            let asked = backoff.length(after: busy, dice: &dice)
            #expect(asked >= .seconds(7) && asked <= .milliseconds(7700))
        }
        #expect(first.count > 20)
    }

    /// However long the server asks us to wait: nobody is kept waiting beyond the patience.
    @Test(arguments: [(0, 1), (5, 3), (3600, 1)])
    func patienceEndsBeforeTheWait(asked: Int, calls: Int) async {
        let busy = HTTPResponse.status(503, "busy", headers: ["Retry-After": "\(asked)"])
        let server = CannedServer(Array(repeating: .success(busy), count: 20))
        let time = SwiftTime()
        let client = KubernetesClient(
            server: "https://api.example", transport: server, time: time
        ).patient(for: asked == 0 ? .milliseconds(500) : .seconds(12))
        let error = await #expect(throws: KubernetesError.self) {
            try await client.patiently { try await $0.get(reference) }
        }
        #expect(error?.code == .unavailable(reached: .perhaps))
        #expect(server.requests.count == calls)
        #expect(time.now <= .seconds(12))
    }

    struct Asked: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var pause: Duration?
    }

    private static let date = "Sat, 21 Nov 2026 06:00:00 GMT"

    @Test(arguments: [
        Asked(status: 503, headers: ["Retry-After": "5"], pause: .seconds(5)),
        Asked(status: 503, headers: [:], pause: nil),
        Asked(status: 500, headers: ["Retry-After": "soon"], pause: nil),
        Asked(status: 503, headers: ["Retry-After": "99999"], pause: .seconds(3600)),
        Asked(status: 429, headers: [:], pause: .seconds(1)),
        Asked(
            status: 429,
            headers: ["Retry-After": "Sat, 21 Nov 2026 06:00:09 GMT", "Date": date],
            pause: .seconds(9)),
        Asked(
            status: 503,
            headers: ["Retry-After": "Sat, 21 Nov 2026 05:00:00 GMT", "Date": date],
            pause: .seconds(1)),
    ]) func theServersWordCounts(_ asked: Asked) async {
        let server = CannedServer(.status(asked.status, "busy", headers: asked.headers))
        let error = await #expect(throws: KubernetesError.self) {
            try await client(server).list(.pod, namespace: "demo")
        }
        #expect(error?.retryAfter == asked.pause)
        #expect(error?.isPassing == true)
    }
}
