import Foundation
import Processes
import Testing
import Timekeeping

/// What a program is given, and what of it comes back.
@Suite struct SpawnerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let job: ProcessJob
        let exit: ProcessEnd.Exit
        let output: String
    }

    static let cases = [
        Case(
            testDescription: "success", job: .script("echo out; echo err >&2; echo more"),
            exit: .code(0), output: "out\nerr\nmore\n"),
        Case(testDescription: "failure", job: .script("exit 3"), exit: .code(3), output: ""),
        Case(testDescription: "large code", job: .script("exit 255"), exit: .code(255), output: ""),
        Case(
            testDescription: "killed by itself", job: .script("kill -9 $$"), exit: .signal(9),
            output: ""),
        Case(
            testDescription: "told to end", job: .script("kill -15 $$"), exit: .signal(15),
            output: ""),
        Case(
            testDescription: "no shell reads the arguments",
            job: ProcessJob(arguments: ["/bin/echo", "$HOME", "a  b", "*", ";", ""]),
            exit: .code(0), output: "$HOME a  b * ; \n"),
        Case(
            testDescription: "the environment is exact",
            job: ProcessJob(
                arguments: ["/usr/bin/env"],
                environment: [.init(name: "B", value: "2=x"), .init(name: "A", value: "")]),
            exit: .code(0), output: "B=2=x\nA=\n"),
        Case(
            testDescription: "the program is found by the PATH that it is given",
            job: ProcessJob(
                arguments: ["env"], environment: [.init(name: "PATH", value: "/no:/usr/bin")]),
            exit: .code(0), output: "PATH=/no:/usr/bin\n"),
        Case(
            testDescription: "the folder",
            job: ProcessJob(arguments: ["/bin/pwd"], folder: "/usr"), exit: .code(0),
            output: "/usr\n"),
        Case(
            testDescription: "no input", job: ProcessJob(arguments: ["/bin/cat"]),
            exit: .code(0), output: ""),
        Case(
            testDescription: "large input",
            job: ProcessJob(
                arguments: ["/usr/bin/wc", "-c"], input: Array(repeating: 65, count: 3_000_000)),
            exit: .code(0), output: "3000000\n"),
        Case(
            testDescription: "input that nobody reads",
            job: ProcessJob(
                arguments: ["/bin/true"], input: Array(repeating: 65, count: 3_000_000)),
            exit: .code(0), output: ""),
        Case(
            testDescription: "nothing of ours is open, no signal is blocked or ignored",
            // 32 and 33 are the C library's own.
            job: .script(
                """
                ls /proc/self/fd
                grep -E 'Sig(Blk|Ign)' /proc/self/status | sed 's/180000000$/000000000/'
                """),
            exit: .code(0),
            output: "0\n1\n2\n3\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"),
        Case(
            testDescription: "no core files", job: .script("ulimit -c"), exit: .code(0),
            output: "0\n"),
    ]

    @Test(arguments: cases)
    func ends(_ one: Case) async throws {
        let end = try await Probe.spawner().run(one.job)
        #expect(end.exit == one.exit)
        #expect(String(decoding: end.output, as: UTF8.self) == one.output)
        #expect(end.dropped == 0)
        #expect(end.duration > .zero && end.duration < .seconds(30))
    }

    @Test(arguments: [
        (
            ProcessJob(arguments: ["/no/such/program", "secret"]),
            """
            process: there is no such program
              where: /no/such/program
              do:    check its name, and the PATH in the environment that it is given
            """
        ),
        (
            ProcessJob(arguments: ["/etc/passwd"]),
            """
            process: the program may not be executed
              where: /etc/passwd
              do:    make the file executable, or start it by its interpreter
            """
        ),
        (
            ProcessJob(
                arguments: ["cron.daily"], environment: [.init(name: "PATH", value: "/no:/etc")]),
            """
            process: the program may not be executed
              where: cron.daily
              do:    make the file executable, or start it by its interpreter
            """
        ),
        (
            ProcessJob(arguments: ["/bin/true"], folder: "/no/such/folder"),
            """
            process: its folder cannot be entered
              where: /bin/true
              do:    check that the folder exists and that you may enter it
            """
        ),
        (
            ProcessJob(arguments: ["/bin/echo", "a\0b"]),
            """
            process: the program cannot be given this
              where: /bin/echo
              do:    take out NUL bytes, and '=' in variables' names
            """
        ),
        (
            ProcessJob(arguments: ["/bin/true"], environment: [.init(name: "A=B", value: "")]),
            """
            process: the program cannot be given this
              where: /bin/true
              do:    take out NUL bytes, and '=' in variables' names
            """
        ),
        (
            ProcessJob(arguments: []),
            """
            process: the program cannot be given this
              where: (no program)
              do:    take out NUL bytes, and '=' in variables' names
            """
        ),
    ])
    func failuresAreSaid(job: ProcessJob, text: String) async {
        await #expect {
            try await Probe.spawner().run(job)
        } throws: { error in
            "\(error)" == text
        }
    }

    @Test func aMissingGuardIsSaid() async {
        let spawner = GuardedSpawner(executable: "/no/such/guard")
        await #expect(
            throws: ProcessFailure(.noGuard, place: "/bin/true", detail: "system error 2")
        ) {
            try await spawner.run(ProcessJob(arguments: ["/bin/true"]))
        }
    }

    @Test func aGuardThatIsNoneIsSaid() async {
        let spawner = GuardedSpawner(executable: "/bin/true")
        await #expect(throws: ProcessFailure(.guardLost, place: "/bin/true")) {
            try await spawner.run(ProcessJob(arguments: ["/bin/true"]))
        }
    }

    /// Of much output the ends are kept; what it costs does not depend on how much there is.
    @Test func muchOutputCostsLittle() async throws {
        let end = try await Probe.spawner().run(ProcessJob(arguments: [Probe.path, "flood"]))
        #expect(
            String(decoding: end.output, as: UTF8.self) == """
                kept 1001, dropped 99999010, bounded true
                true
                true

                """)
    }

    /// A faster clock tells longer durations; the limits are those of real time.
    @Test func aFasterClockShortensNoLimit() async throws {
        let spawner = GuardedSpawner(
            executable: Probe.path, time: RealTime(speed: 1_000_000))
        var job = ProcessJob.script("sleep 0.1", timeLimit: .seconds(60))
        job.grace = .seconds(1)
        let end = try await spawner.run(job)
        #expect(end.exit == .code(0))
        #expect(end.duration > .seconds(100_000))
    }

    @Test func manyRunAtOnce() async throws {
        let spawner = Probe.spawner()
        let ends = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<60 {
                group.addTask {
                    let end = try await spawner.run(.script("echo \(number); exit \(number)"))
                    return end.exit == .code(number)
                        && end.output == Array("\(number)\n".utf8)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(ends == 60)
    }

    @Test func nothingIsLeftOfManyRuns() async throws {
        let end = try await Probe.spawner().run(ProcessJob(arguments: [Probe.path, "count"]))
        #expect(String(decoding: end.output, as: UTF8.self) == "descriptors 0, children 0\n")
    }
}
