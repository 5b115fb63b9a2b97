import HTTPMessages
import JSONTree
import Lab
import Manifests
import Testing
import Timekeeping

/// A process that makes three ConfigMaps, a second apart, and tidies up whatever happens.
struct MapMaker: Sendable {
    let transport: any HTTPTransport
    let clock: any Timekeeper

    func run() async throws {
        for name in ["a", "b", "c"] {
            try await send("POST", ClusterHand.maps, ClusterHand.map(name))
            do {
                try await clock.sleep(for: .seconds(1))
            } catch {
                // A program that wants to clean up although it is dead.
                try await send("DELETE", ClusterHand.maps + "/a", nil)
                throw error
            }
        }
    }

    private func send(_ method: String, _ path: String, _ body: JSONTree?) async throws {
        var request = HTTPRequest(method, LabWorld.server + path)
        if let body { request.body = .tree(body) }
        _ = try await transport.send(request)
    }
}

struct TurnableDeathTests {
    private static func names(_ hand: ClusterHand) -> [String] {
        hand.world.history().filter { $0.reference.kind == .configMap }.map(\.reference.name)
    }

    private static func live(_ hand: ClusterHand, _ life: Lifeline) throws {
        try hand.run { hand in
            let process = MapMaker(
                transport: MortalTransport(hand.world, life),
                clock: MortalClock(hand.clock, life))
            try await life.live(by: hand.clock) { try await process.run() }
        }
    }

    @Test func whoeverDoesNotDieEndsWell() throws {
        let hand = ClusterHand()
        let life = Lifeline()
        try Self.live(hand, life)
        #expect(Self.names(hand) == ["a", "b", "c"])
        #expect(life.effects.count == 3)
        #expect(life.effects.first == "POST \(LabWorld.server)\(ClusterHand.maps)")
    }

    @Test(arguments: 1...3, [Lifeline.Death.Point.before, .after])
    func deathComesAtTheChosenEffect(effect: Int, point: Lifeline.Death.Point) throws {
        let hand = ClusterHand()
        let life = Lifeline(dies: .init(effect: effect, point: point))
        let died = #expect(throws: Lifeline.Died.self) { try Self.live(hand, life) }
        let made = point == .before ? effect - 1 : effect
        #expect(Self.names(hand) == Array(["a", "b", "c"].prefix(made)))
        #expect(died?.unwinding == .zero)
        #expect(died?.effects == effect)
        #expect(life.isDead)
    }

    @Test func aSleepingProcessDiesInItsSleep() throws {
        let hand = ClusterHand()
        let life = Lifeline()
        let died = #expect(throws: Lifeline.Died.self) {
            try hand.run { hand in
                let process = MapMaker(
                    transport: MortalTransport(hand.world, life),
                    clock: MortalClock(hand.clock, life))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await life.live(by: hand.clock) { try await process.run() }
                    }
                    try await hand.clock.sleep(for: .milliseconds(500))
                    life.kill()
                    try await group.next()
                }
            }
        }
        #expect(died?.unwinding == .zero)
        #expect(hand.clock.now == .milliseconds(500))
        #expect(Self.names(hand) == ["a"])
        #expect(life.lateAttempts == 1)
    }

    @Test(arguments: [Lifeline.Death.Point.before, .after])
    func aStalledProcessGoesOnUnaware(_ point: Lifeline.Death.Point) throws {
        let hand = ClusterHand()
        let life = Lifeline(stalls: .init(effect: 2, point: point, lasts: .seconds(60)))
        try hand.run { hand in
            let process = MapMaker(
                transport: MortalTransport(hand.world, life, time: hand.clock),
                clock: MortalClock(hand.clock, life))
            try await life.live(by: hand.clock) { try await process.run() }
        }
        let made = hand.world.history().filter { $0.reference.kind == .configMap }.map(\.at)
        #expect(made.count == 3)
        let waits = zip(made, made.dropFirst()).map { $1 - $0 }
        #expect(waits[0] > .seconds(1))
        #expect((waits[0] > .seconds(60)) == (point == .before))
        #expect((waits[1] > .seconds(60)) == (point == .after))
    }

    @Test func aCalendarJumpsAndTheClockDoesNot() throws {
        let hand = ClusterHand()
        let clock = ShiftedClock(hand.clock) { $0 < .seconds(5) ? 0 : -3_600_000 }
        let (before, after, took) = try hand.run { _ in
            let start = (clock.date, clock.now)
            try await clock.sleep(for: .seconds(10))
            return (start.0, clock.date, clock.now - start.1)
        }
        #expect(after - before == 10_000 - 3_600_000)
        #expect(took == .seconds(10))
    }
}
