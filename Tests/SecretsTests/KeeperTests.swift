import Processes
import Synchronization
import Testing
import Timekeeping

@testable import Secrets

@Suite struct KeeperTests {
    @Test(arguments: [
        (SecretOrigin.environment("TOKEN"), "hush-hush"), (.file("/token"), "from-a-file"),
        (.file("/windows"), "from-a-file"), (.command(["vault", "read"]), "from-a-program"),
    ])
    func fetches(_ origin: SecretOrigin, _ text: String) async throws {
        let machine = Machine(output: "from-a-program\n")
        #expect(try await machine.keeper.secret(origin).text == text)
    }

    @Test(arguments: [
        (SecretOrigin.environment("GONE"), SecretError.Code.missing),
        (.environment("EMPTY"), .empty), (.file("/gone"), .missing), (.file("/blank"), .empty),
        (.file("/two"), .unfit), (.command([]), .missing),
    ])
    func findsNone(_ origin: SecretOrigin, _ code: SecretError.Code) async {
        let keeper = Machine().keeper
        await #expect(throws: SecretError(code, origin)) { try await keeper.secret(origin) }
    }

    @Test(arguments: [
        (ProcessEnd.Exit.code(3), "exit 3"), (.code(127), "it cannot be started"),
        (.signal(9), "killed by signal 9"), (.timeLimit, "no end within 30 s"),
    ])
    func aCommandThatFails(_ exit: ProcessEnd.Exit, _ end: String) async {
        let keeper = Machine(exit: exit, output: "hush-hush").keeper
        let origin = SecretOrigin.command(["vault"])
        let error = await #expect(throws: SecretError.self) { try await keeper.secret(origin) }
        #expect(error == SecretError(.command(end), origin))
        #expect("\(error, default: "")".contains("hush") == false)
    }

    @Test func aCommandIsRunAsItStands() async throws {
        let machine = Machine(output: "x-token")
        _ = try await machine.keeper.secret(.command(["vault", "$HOME; rm", "a b"]))
        let job = try #require(machine.jobs.first)
        #expect(
            job.arguments
                == ["/bin/sh", "-c", "exec \"$@\" 2>/dev/null", "sh", "vault", "$HOME; rm", "a b"])
        #expect(job.environment == Machine.environment)
    }

    /// Kept for four minutes, and not after the far side did not take it.
    @Test func whatACommandGaveIsKeptForAWhile() async throws {
        let machine = Machine(output: "x-token")
        let origin = SecretOrigin.command(["vault"])
        let keeper = machine.keeper
        for _ in 0..<3 { _ = try await keeper.secret(origin) }
        #expect(machine.jobs.count == 1)
        keeper.forget(origin)
        _ = try await keeper.secret(origin)
        #expect(machine.jobs.count == 2)
        machine.clock.pass(.seconds(239))
        _ = try await keeper.secret(origin)
        #expect(machine.jobs.count == 2)
        machine.clock.pass(.seconds(1))
        _ = try await keeper.secret(origin)
        #expect(machine.jobs.count == 3)
    }

    @Test func knowsAllThatItFetched() async throws {
        let keeper = Machine(output: "from-a-program\n").keeper
        for origin in [
            SecretOrigin.environment("TOKEN"), .file("/token"), .command(["vault"]),
        ] {
            _ = try await keeper.secret(origin)
        }
        keeper.note(Secret("made-of-it"))
        let words = "hush-hush, from-a-file, from-a-program, made-of-it and hush%2Dhush"
        #expect(keeper.redaction.clean(words) == "***, ***, ***, *** and hush%2Dhush")
    }

    @Test func printsAsDots() async throws {
        let secret = try await Machine().keeper.secret(.environment("TOKEN"))
        #expect("\(secret) \(String(reflecting: secret))" == "… …")
        var text = ""
        dump(secret, to: &text)
        #expect(!text.contains("hush"))
    }

    @Test(arguments: [
        (
            SecretError(.missing, .environment("DD_API_KEY")),
            """
            secret: the variable with the secret is not set
              where: the variable DD_API_KEY
              do:    set DD_API_KEY where theseus is started
            """
        ),
        (
            SecretError(.missing, .file("/run/token")),
            """
            secret: the file with the secret cannot be read
              where: the file /run/token
              do:    check the path, that it holds the secret alone, and that you may read it
            """
        ),
        (
            SecretError(.command("exit 1"), .command(["vault", "read", "x"])),
            """
            secret: the command for the secret gave none: exit 1
              where: the command vault
              do:    run the command by hand: it must write the secret, and exit with 0
            """
        ),
        (
            SecretError(.unfit, .file("/run/token")),
            """
            secret: what is in the file /run/token is no secret: it has several lines
              where: the file /run/token
              do:    check the path, that it holds the secret alone, and that you may read it
            """
        ),
    ])
    func threeLines(_ error: SecretError, _ text: String) { #expect("\(error)" == text) }
}

/// A machine with a few files, and one program.
private final class Machine: ProcessSpawner {
    static let environment = [
        ProcessJob.Variable(name: "TOKEN", value: "hush-hush"),
        ProcessJob.Variable(name: "EMPTY", value: ""),
    ]
    private static let files = [
        "/token": "from-a-file\n", "/windows": "from-a-file\r\n", "/blank": "\n\n",
        "/two": "one\ntwo\n",
    ]

    let clock = HandClock()
    private let exit: ProcessEnd.Exit
    private let output: String
    private let log = Mutex<[ProcessJob]>([])

    init(exit: ProcessEnd.Exit = .code(0), output: String = "") {
        self.exit = exit
        self.output = output
    }

    var jobs: [ProcessJob] { log.withLock { $0 } }

    var keeper: SecretKeeper {
        SecretKeeper(environment: Self.environment, spawner: self, time: clock) { path in
            guard let text = Self.files[path] else { throw Gone() }
            return Array(text.utf8)
        }
    }

    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        log.withLock { $0.append(job) }
        return ProcessEnd(exit: exit, output: Array(output.utf8), dropped: 0, duration: .zero)
    }

    private struct Gone: Error {}
}

/// A clock that somebody turns.
private final class HandClock: Timekeeper {
    private let reading = Mutex<Duration>(.zero)

    var now: Duration { reading.withLock { $0 } }
    var date: Int { 0 }

    func pass(_ duration: Duration) { reading.withLock { $0 += duration } }

    func sleep(for duration: Duration) async throws(CancellationError) { pass(duration) }
}
