import Foundation
import Testing

@testable import Processes

/// That nothing outlives its end, however it comes.
@Suite struct EndingTests {
    @Test func whatIsLeftOfAnEndedProgramEnds() async throws {
        let lifeline = try Lifeline(lines: Lifeline.treeLines)
        let end = try await Probe.spawner().run(
            .script(lifeline.tree + "\nexit 5", grace: .milliseconds(100)))
        #expect(end.exit == .code(5))
        await lifeline.isLet.wait()
    }

    @Test func theTimeLimitEndsTheWholeTree() async throws {
        let lifeline = try Lifeline(lines: Lifeline.treeLines)
        let start = ContinuousClock.now
        let end = try await Probe.spawner().run(
            .script(
                lifeline.tree + "\ntrap '' TERM\necho begun\nwhile :; do sleep 1000; done",
                timeLimit: .milliseconds(400), grace: .milliseconds(100)))
        #expect(end.exit == .timeLimit)
        #expect(end.output == Array("begun\n".utf8))
        #expect(end.duration >= .milliseconds(400))
        #expect(ContinuousClock.now - start < .seconds(10))
        await lifeline.isLet.wait()
    }

    /// Who heeds TERM has its grace: it is not killed before.
    @Test func theGraceIsGiven() async throws {
        let end = try await Probe.spawner().run(
            .script(
                "trap 'echo bye; exit 7' TERM; echo begun; while :; do sleep 0.05; done",
                timeLimit: .milliseconds(300), grace: .seconds(30)))
        #expect(end.exit == .timeLimit)
        #expect(String(decoding: end.output, as: UTF8.self).hasSuffix("bye\n"))
        #expect(end.duration < .seconds(10))
    }

    @Test func cancellationReturnsAtOnceAndEndsTheTree() async throws {
        let lifeline = try Lifeline(lines: Lifeline.treeLines)
        let spawner = Probe.spawner()
        await withTaskGroup(of: ProcessFailure?.self) { group in
            group.addTask {
                do throws(ProcessFailure) {
                    _ = try await spawner.run(
                        .script(lifeline.tree + "\nwait; sleep 1000", grace: .seconds(2)))
                    return nil
                } catch {
                    return error
                }
            }
            await lifeline.isHeld.wait()
            let start = ContinuousClock.now
            group.cancelAll()
            let failed = await group.next() ?? nil
            #expect(failed == ProcessFailure(.cancelled, place: "/bin/sh"))
            // Some of the tree do not heed TERM, and live on for the grace.
            #expect(ContinuousClock.now - start < .seconds(2))
        }
        await lifeline.isLet.wait()
    }

    @Test func closingTheSpawnerEndsTheTree() async throws {
        let lifeline = try Lifeline(lines: Lifeline.treeLines)
        let spawner = Probe.spawner()
        await withTaskGroup(of: ProcessFailure?.self) { group in
            group.addTask {
                do throws(ProcessFailure) {
                    _ = try await spawner.run(
                        .script(lifeline.tree + "\nwait; sleep 1000", grace: .milliseconds(100)))
                    return nil
                } catch {
                    return error
                }
            }
            await lifeline.isHeld.wait()
            spawner.close()
            let failed = await group.next() ?? nil
            #expect(failed?.code == .cancelled)
            #expect(failed?.detail == "the spawner is closed")
        }
        await lifeline.isLet.wait()
        await #expect(throws: ProcessFailure.self) {
            try await spawner.run(ProcessJob(arguments: ["/bin/true"]))
        }
    }

    /// kill -9 of the process that started it all: the guard sees its channel close.
    @Test(arguments: [SIGKILL, SIGTERM])
    func theDeathOfTheParentEndsTheTree(by signal: Int32) async throws {
        let lifeline = try Lifeline(lines: Lifeline.treeLines)
        let parent = Process()
        parent.executableURL = URL(filePath: Probe.path)
        parent.arguments = ["run", "/bin/sh", "-c", lifeline.tree + "\nwait; sleep 1000"]
        try parent.run()
        await lifeline.isHeld.wait()
        kill(parent.processIdentifier, signal)
        await lifeline.isLet.wait()
    }

    /// The same where nobody was left to hear that the command runs: the guard hears of no end any more.
    @Test func theDeathOfAParentThatHeardNothing() throws {
        let job = ProcessJob.script("exec sleep 60", grace: .milliseconds(100))
        let guarded = try GuardedProcess(
            job, try #require(GuardMessage(job)), ProcessExchange(number: 1, place: "sh"),
            executable: Probe.path, started: .zero, patience: .seconds(60))
        // Tells the guard its job, and is gone before that can have been begun.
        #expect(!guarded.pump(DescriptorPoll()))
        guarded.callOff()
        let limit = ContinuousClock.now + .seconds(10)
        var hasEnded = false
        while !hasEnded, ContinuousClock.now < limit {
            var poll = DescriptorPoll()
            guarded.watch(&poll)
            poll.wait(atMost: .seconds(1))
            hasEnded = guarded.pump(poll)
        }
        #expect(hasEnded, "the guard and its command are still there")
    }

    /// A program that starts children faster than one can look does not get away.
    @Test func aSwarmEnds() async throws {
        let lifeline = try Lifeline(lines: 1)
        let end = try await Probe.spawner().run(
            .script(
                """
                exec 9>'\(lifeline.path)'
                echo >&9
                swarm() { trap '' TERM; for i in 1 2 3 4 5; do setsid sleep 1000 & done; }
                swarm; (swarm; swarm) &
                (setsid sh -c 'trap "" TERM; while :; do sleep 0.01; done' &)
                trap '' TERM; while :; do sleep 0.01; done
                """, timeLimit: .milliseconds(300), grace: .milliseconds(50)))
        #expect(end.exit == .timeLimit)
        await lifeline.isLet.wait()
    }
}
