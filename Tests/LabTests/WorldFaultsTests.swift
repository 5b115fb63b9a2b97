import HTTPMessages
import JSONTree
import Lab
import Testing

struct WorldFaultsTests {
    private static func make(_ hand: ClusterHand, _ outcome: CallOutcome) async -> (
        String, Duration
    ) {
        let plan = FaultPlan(call: 1, outcome)
        let transport = FaultyTransport(hand.world, time: hand.clock, plan: plan)
        let request = HTTPRequest(
            "POST", LabWorld.server + ClusterHand.maps, body: .tree(ClusterHand.map("m")),
            timeout: .seconds(7))
        let start = hand.clock.now
        let told: String
        do throws(HTTPFailure) {
            let response = try await transport.send(request)
            let wait = response.headers["Retry-After"].map { " after \($0)" } ?? ""
            told = "\(response.status)\(wait)"
        } catch {
            told = "\(error.reason) \(error.reached)"
        }
        return (told, hand.clock.now - start)
    }

    @Test(arguments: [
        (CallOutcome.status(401), "401", false),
        (.status(429, retryAfter: 2), "429 after 2", false),
        (.status(503), "503", false), (.resetNotApplied, "reset perhaps", false),
        (.resetApplied, "reset perhaps", true), (.timeOutNotApplied, "timedOut perhaps", false),
        (.timeOutApplied, "timedOut perhaps", true), (.slow(.seconds(5)), "201", true),
        (.slow(.seconds(9)), "timedOut perhaps", true),
    ])
    func outcomesAreAppliedOrNot(_ outcome: CallOutcome, _ told: String, _ isApplied: Bool) throws {
        try ClusterHand().run { hand in
            let (heard, took) = await Self.make(hand, outcome)
            #expect(heard == told)
            if told.hasPrefix("timedOut") { #expect(took == .seconds(7)) }
            let after = try await hand.ask("GET", ClusterHand.maps + "/m")
            #expect(after.status == (isApplied ? 200 : 404))
        }
    }

    @Test func aDeadStreamSaysNothing() throws {
        try ClusterHand().run { hand in
            let plan = FaultPlan(call: 1, .deadStream)
            let transport = FaultyTransport(hand.world, time: hand.clock, plan: plan)
            let url = LabWorld.server + ClusterHand.maps + "?watch=true"
            let response = try await transport.send(HTTPRequest("GET", url, streams: true))
            guard case .chunks(let chunks) = response.body else {
                Issue.record("no stream")
                return
            }
            await #expect(throws: HTTPFailure.self) { try await chunks.next() }
            #expect(hand.clock.now > .seconds(1799))
        }
    }

    @Test func randomFaultsAreTheSeeds() throws {
        func calls(_ seed: UInt64) throws -> [String] {
            try ClusterHand().run { hand in
                let plan = FaultPlan(rate: 0.4, among: CallOutcome.everyOne, seed: seed)
                let transport = FaultyTransport(hand.world, time: hand.clock, plan: plan)
                var heard: [String] = []
                for _ in 0..<30 {
                    let request = HTTPRequest("GET", LabWorld.server + ClusterHand.pods)
                    do throws(HTTPFailure) {
                        heard.append("\(try await transport.send(request).status)")
                    } catch {
                        heard.append("\(error.reason)")
                    }
                }
                plan.heal()
                let last = try await transport.send(
                    HTTPRequest("GET", LabWorld.server + ClusterHand.pods))
                #expect(last.status == 200)
                #expect(plan.calls.count == 31)
                return heard
            }
        }
        let first = try calls(5)
        #expect(Set(first).count > 4)
        #expect(try calls(5) == first)
        #expect(try calls(6) != first)
    }
}
