internal import CanaryEngine
internal import JSONTree
internal import Processes
internal import Secrets

extension TestSpec {
    /// A program that runs beside us; exit 0 passes, unless its own results say otherwise.
    package struct Command: Hashable, Sendable {
        /// The program, then what it is called with; no shell reads them.
        package var arguments: [String]
        /// Names of variables that it gets from our own environment; it gets no others.
        package var environment: [String]
        /// Where it runs; nil: where we do.
        package var folder: String?
        /// It may send requests through the mesh: gates leave out the seconds in which it ran.
        package var sendsRequests: Bool
        /// How much memory it and all that it starts may have, in bytes.
        package var memory: Int?
        /// How long it and all that it starts may compute.
        package var processorTime: Duration?
        /// What it says of its parts.
        package var results: Results?

        package init(
            _ arguments: [String], environment: [String] = [], folder: String? = nil,
            sendsRequests: Bool = true, memory: Int? = nil, processorTime: Duration? = nil,
            results: Results? = nil
        ) {
            self.arguments = arguments
            self.environment = environment
            self.folder = folder
            self.sendsRequests = sendsRequests
            self.memory = memory
            self.processorTime = processorTime
            self.results = results
        }
    }
}

extension TestSpec.Command: TestWork {
    func carryOut(_ place: TestPlace) async throws -> TestReport {
        await CommandTest(
            command: self, context: place.context, spawner: place.doors.spawner,
            environment: place.doors.environment, timeLimit: place.timeLimit
        ).run()
    }

    var ending: Duration { CommandTest.grace * 2 }
}

/// Runs a command, and reads how it ended.
struct CommandTest {
    let command: TestSpec.Command
    let context: TestContext
    let spawner: any ProcessSpawner
    /// Our own environment, of which the command gets what it is allowed.
    let environment: [ProcessJob.Variable]
    let timeLimit: Duration

    static let grace = Duration.seconds(5)

    func run() async -> TestReport {
        do {
            return report(try await spawner.run(job))
        } catch {
            return TestReport(passed: false, sentence: reason(error), traffic: traffic)
        }
    }

    private func report(_ end: ProcessEnd) -> TestReport {
        let ending = CommandEnding(end, redaction: redaction)
        var report = TestReport(
            passed: end.exit == .code(0), sentence: sentence(end.exit, ending.lastWords),
            traffic: traffic)
        if report.passed { report.take(ending.measures) }
        if let results = command.results {
            results.add(ResultReading(results, end, redaction), to: &report)
        }
        report.output = ending.kept(most: report.passed ? Self.keptOfGood : Self.keptOfBad)
        return report
    }

    /// Bytes of output that the journal keeps.
    private static let keptOfGood = 1 << 10
    private static let keptOfBad = 4 << 10

    private var traffic: OwnTraffic { command.sendsRequests ? .unknown : .none }

    /// What programs cannot do without; everything else is handed on by name.
    private static let usual = ["PATH", "HOME", "LANG"]

    private var given: [ProcessJob.Variable] {
        environment.filter {
            command.environment.contains($0.name) && !Self.usual.contains($0.name)
        }
    }

    var job: ProcessJob {
        var variables = environment.filter { Self.usual.contains($0.name) } + given
        if !variables.contains(where: { $0.name == "PATH" }) {
            variables.insert(.init(name: "PATH", value: "/usr/local/bin:/usr/bin:/bin"), at: 0)
        }
        var told = context.variables
        if let file = command.results?.file { told.append((name: "THESEUS_RESULTS", value: file)) }
        for variable in told {
            variables.removeAll { $0.name == variable.name }
            variables.append(.init(name: variable.name, value: variable.value))
        }
        var job = ProcessJob(
            arguments: command.arguments, environment: variables, folder: command.folder,
            input: JSONWriter.bytes(of: context.tree) + [UInt8(ascii: "\n")],
            timeLimit: timeLimit, grace: Self.grace)
        if command.results?.source == .output { job.outputCap = ResultReading.most }
        job.limits = .init(memory: command.memory, processorTime: command.processorTime)
        job.resultFile = command.results?.file
        return job
    }

    private var redaction: Redaction {
        Redaction(
            known: environment.map { .init(name: $0.name, value: $0.value) },
            given: given.map { .init(name: $0.name, value: $0.value) })
    }

    private func sentence(_ exit: ProcessEnd.Exit, _ lastWords: String?) -> String {
        let said = lastWords.map { ": \($0)" } ?? ""
        switch exit {
        case .code(0): return lastWords ?? "exit 0"
        case .code(let code): return "exit \(code)\(said)"
        case .signal(let signal): return "killed by signal \(signal)\(said)"
        case .timeLimit: return "no end within \(TimeText.short(timeLimit))\(said)"
        case .memoryLimit:
            return "ended: more than \(SizeText.short(command.memory ?? 0)) of memory\(said)"
        case .processorLimit:
            return "ended: more than \(TimeText.short(command.processorTime ?? .zero))"
                + " on processors\(said)"
        }
    }

    /// The failure's first line, with the program's name before it.
    private func reason(_ failure: ProcessFailure) -> String {
        if failure.code == .cancelled { return "called off" }
        let line = "\(failure)".prefix { !$0.isNewline }
        let words = line.hasPrefix("process: ") ? line.dropFirst(9) : line
        return redaction.clean("\(failure.place): \(words)")
    }
}
