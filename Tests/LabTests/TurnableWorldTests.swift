import Lab
import Synchronization
import Testing
import Timekeeping

actor Ledger {
    private(set) var lines: [String] = []
    func add(_ line: String) { lines.append(line) }
}

struct TurnableWorldTests {
    @Test func sleepTakesVirtualTimeOnly() throws {
        let world = TurnableWorld()
        let clock = LabClock(world)
        let reading = try world.run {
            try await clock.sleep(for: .seconds(86400))
            return clock.now
        }
        #expect(reading == .seconds(86400))
        #expect(clock.date == 1_767_614_400_000 + 86_400_000)
    }

    /// Tasks, an actor, a stream and sleeps, all at once; what they did, in order.
    private static func trace(seed: UInt64) throws -> [String] {
        let world = TurnableWorld()
        let clock = LabClock(world)
        return try world.run {
            let ledger = Ledger()
            let (stream, entry) = AsyncStream<Int>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        var dice = SeededGenerator(seed: seed &* 31 &+ UInt64(task))
                        for step in 0..<5 {
                            try await clock.sleep(for: .milliseconds(Int(dice.next() % 10)))
                            await ledger.add("\(clock.now) task \(task) step \(step)")
                            entry.yield(task * 10 + step)
                            await Task.yield()
                        }
                    }
                }
                group.addTask {
                    var heard = 0
                    for await number in stream {
                        await ledger.add("heard \(number)")
                        heard += 1
                        if heard == 40 { break }
                    }
                }
                try await group.waitForAll()
            }
            return await ledger.lines
        }
    }

    @Test(arguments: UInt64(0)..<100) func theSameSeedIsTheSameRun(seed: UInt64) throws {
        let first = try Self.trace(seed: seed)
        #expect(first.count == 80)
        #expect(try Self.trace(seed: seed) == first)
    }

    @Test func seedsDiffer() throws {
        #expect(try Self.trace(seed: 1) != Self.trace(seed: 2))
    }

    @Test func cancellationEndsASleepAtOnce() throws {
        let world = TurnableWorld()
        let clock = LabClock(world)
        let woken = try world.run {
            try await withThrowingTaskGroup(of: Duration.self) { group in
                group.addTask {
                    do throws(CancellationError) {
                        try await clock.sleep(for: .seconds(1000))
                    } catch {
                        return clock.now
                    }
                    return .seconds(-1)
                }
                try await clock.sleep(for: .seconds(3))
                group.cancelAll()
                return try await group.next()
            }
        }
        #expect(woken == .seconds(3))
        #expect(world.now == .seconds(3))
    }

    @Test func aCancelledTaskDoesNotEvenLieDown() throws {
        let world = TurnableWorld()
        let clock = LabClock(world)
        let threw = try world.run {
            await withTaskGroup(of: Bool.self) { group in
                group.cancelAll()
                group.addTask {
                    do throws(CancellationError) { try await clock.sleep(for: .seconds(5)) } catch {
                        return true
                    }
                    return false
                }
                return await group.next()
            }
        }
        #expect(threw == true)
        #expect(world.now == .zero)
    }

    @Test func aRootThatNeverEndsIsNoticed() throws {
        let world = TurnableWorld()
        let clock = LabClock(world)
        let stuck = #expect(throws: TurnableWorld.Stuck.self) {
            try world.run {
                try await clock.sleep(for: .seconds(9))
                let (stream, entry) = AsyncStream<Int>.makeStream()
                for await _ in stream {}
                entry.finish()
            }
        }
        #expect(stuck?.reason == .nothingToDo)
        #expect(stuck?.at == .seconds(9))
    }

    @Test func virtualTimeIsLimited() throws {
        let world = TurnableWorld()
        let clock = LabClock(world)
        let stuck = #expect(throws: TurnableWorld.Stuck.self) {
            try world.run(atMost: .seconds(60)) {
                while true { try await clock.sleep(for: .seconds(7)) }
            }
        }
        #expect(stuck?.reason == .outOfTime)
        #expect(stuck?.at == .seconds(56))
    }

    /// Whoever sleeps alone need not lie down; such sleeps are counted all the same.
    @Test func sleepsThatTakeNoTimeAreLimited() throws {
        let world = TurnableWorld()
        let clock = LabClock(world)
        let stuck = #expect(throws: TurnableWorld.Stuck.self) {
            try world.run(jobs: 1000) {
                while true { try await clock.sleep(for: .zero) }
            }
        }
        #expect(stuck?.reason == .outOfJobs)
        #expect(stuck?.at == .zero)
    }

    @Test func aMillionSleepsInARowNeedNoStack() throws {
        let world = TurnableWorld()
        let clock = LabClock(world)
        try world.run {
            for _ in 0..<1_000_000 { try await clock.sleep(for: .milliseconds(1)) }
        }
        #expect(world.now == .seconds(1000))
    }

    /// Of those who wake at one moment, who lay down first goes first, whoever slept alone meanwhile.
    @Test func equalsWakeInTheirOrder() throws {
        let world = TurnableWorld()
        let clock = LabClock(world)
        let order = try world.run {
            let ledger = Ledger()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sleeper in ["a", "b"] {
                    group.addTask {
                        try await clock.sleep(for: .seconds(10))
                        await ledger.add(sleeper)
                    }
                }
                await Task.yield()
                await Task.yield()
                try await clock.sleep(for: .seconds(4))
                try await clock.sleep(for: .seconds(6))
                await ledger.add("c")
                try await group.waitForAll()
            }
            return await ledger.lines
        }
        #expect(order == ["a", "b", "c"])
    }

    @Test func jobsAreLimited() throws {
        let world = TurnableWorld()
        let stuck = #expect(throws: TurnableWorld.Stuck.self) {
            try world.run(jobs: 1000) {
                while !Task.isCancelled { await Task.yield() }
            }
        }
        #expect(stuck?.reason == .outOfJobs)
        #expect(stuck?.jobs == 1000)
        #expect(
            stuck?.description == """
                lab: the run does not end: the limit of jobs is reached
                  where: at 0.0 seconds of virtual time, after 1000 jobs
                  do:    look for a wait without a deadline
                """)
    }

    @Test func whatTheRootThrowsComesOut() {
        #expect(throws: OutOfTime(limit: .seconds(2))) {
            let world = TurnableWorld()
            let clock = LabClock(world)
            try world.run {
                try await within(.seconds(2), by: clock) { try await clock.sleep(for: .seconds(3)) }
            }
        }
    }
}
