import CanaryEngine
import HTTPMessages
import Testing

@testable import TestHooks

@Suite struct ReachTests {
    private let clock = StandingClock(sleepers: .move)

    private func reach(_ gateway: any HTTPTransport, deadline: Duration = .seconds(60))
        async throws -> Reach.Finding
    {
        try await Reach(transport: gateway, time: clock).reach(
            context, path: "/reviews", every: .seconds(1), deadline: deadline)
    }

    private static func answer(_ isMatched: Bool, mark: String? = "r-7", _ status: Int = 200)
        -> HTTPResponse
    {
        var response = HTTPResponse(status: status)
        if isMatched { response.headers["Theseus-Run"] = mark }
        return response
    }

    @Test func asksOverFreshConnectionsUntilTenInARow() async throws {
        let gateway = KnownGateway(clock) { number, request in
            // The proxies learn one by one: every third pair is wrong at first.
            let isMatched = request.headers["end-user"] == "jason"
            return Self.answer(isMatched && (number > 30 || number % 3 != 0))
        }
        let finding = try await reach(gateway)
        #expect(finding.reached)
        #expect(
            finding.sentence
                == "10 matched answers in a row from the candidate, 26 others not")
        #expect(
            finding.traffic
                == .counted(candidate: 20, candidateErrors: 0, stable: 32, stableErrors: 0))
        #expect(gateway.asked.allSatisfy { $0.freshConnection && $0.method == "GET" })
        #expect(gateway.asked.allSatisfy { $0.headers["host"] == "shop.example.com" })
    }

    @Test(arguments: [
        (false, 200, "r-7", "last seen: a matched request was not answered by the candidate"),
        (true, 503, "r-7", "last seen: a matched request got 503"),
        (
            true, 200, "r-6",
            "last seen: a matched request was answered by another run's candidate (r-6)"
        ),
    ])
    func saysWhatItSaw(_ marked: Bool, _ status: Int, _ mark: String, _ sentence: String)
        async throws
    {
        let gateway = KnownGateway(clock) { _, request in
            let isMatched = request.headers["end-user"] == "jason"
            return Self.answer(isMatched && marked, mark: mark, isMatched ? status : 200)
        }
        let finding = try await reach(gateway)
        #expect(!finding.reached)
        #expect(finding.sentence == sentence)
        #expect(clock.now >= .seconds(60) && clock.now < .seconds(62))
    }

    @Test func aLeakIsNotReached() async throws {
        let gateway = KnownGateway(clock) { _, _ in Self.answer(true) }
        let finding = try await reach(gateway)
        #expect(!finding.reached)
        #expect(finding.sentence == "last seen: an unmatched request was answered by the candidate")
    }

    /// A broken stable must not keep its own fix out.
    @Test func aFailingStableIsNoHindrance() async throws {
        let gateway = KnownGateway(clock) { _, request in
            let isMatched = request.headers["end-user"] == "jason"
            return Self.answer(isMatched, isMatched ? 200 : 500)
        }
        let finding = try await reach(gateway)
        #expect(finding.reached)
        #expect(
            finding.traffic
                == .counted(candidate: 10, candidateErrors: 0, stable: 10, stableErrors: 10))
    }

    @Test func silenceIsNoAnswer() async throws {
        let gateway = KnownGateway(clock) { _, _ throws(HTTPFailure) in throw .plain(.refused) }
        let finding = try await reach(gateway)
        #expect(finding.sentence == "last seen: an unmatched request got no answer (refused)")
        #expect(finding.traffic == .unknown)
    }
}
