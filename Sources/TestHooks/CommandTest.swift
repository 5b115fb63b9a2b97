internal import CanaryEngine
internal import JSONTree
internal import Processes
internal import Secrets

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
        let end: ProcessEnd
        do {
            end = try await spawner.run(job)
        } catch {
            return TestReport(passed: false, sentence: reason(error), traffic: traffic)
        }
        let ending = CommandEnding(end, redaction: redaction)
        return TestReport(
            passed: end.exit == .code(0), sentence: sentence(end.exit, ending.lastWords),
            measures: end.exit == .code(0) ? ending.measures : [], traffic: traffic)
    }

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
        for variable in context.variables {
            variables.removeAll { $0.name == variable.name }
            variables.append(.init(name: variable.name, value: variable.value))
        }
        return ProcessJob(
            arguments: command.arguments, environment: variables, folder: command.folder,
            input: JSONWriter.bytes(of: context.tree) + [UInt8(ascii: "\n")],
            timeLimit: timeLimit, grace: Self.grace)
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

/// The last words of a command, and the numbers in them.
struct CommandEnding {
    private(set) var lastWords: String?
    private(set) var measures: [Measure] = []

    private static let longest = 200
    private static let mostMeasures = 50

    init(_ end: ProcessEnd, redaction: Redaction) {
        var lines = Self.lines(end)
        if let last = lines.last, let numbers = Self.numbers(in: last) {
            measures = numbers
            lines.removeLast()
        }
        lastWords = lines.reversed().lazy.map { redaction.clean($0) }
            .map { $0.drop { $0 == " " } }.first { !$0.allSatisfy { $0 == " " } }
            .map { $0.count > Self.longest ? $0.prefix(Self.longest) + "…" : String($0) }
    }

    /// The output's lines that have something in them.
    ///
    /// Where the cap left something out, the second half alone is read, from its first whole line:
    /// at the cut a secret may have lost the half by which it would be known.
    private static func lines(_ end: ProcessEnd) -> [String] {
        var output = end.output[...]
        if end.dropped > 0 {
            output = output.suffix(output.count / 2).drop { $0 != UInt8(ascii: "\n") }
        }
        return String(decoding: output, as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .filter { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }

    /// `{"p99": 12.5, "found": 3}`; nil for anything else.
    private static func numbers(in line: String) -> [Measure]? {
        guard line.first == "{", let tree = try? JSONReader.tree(of: Array(line.utf8)),
            let members = tree.members, !members.isEmpty, members.count <= mostMeasures
        else { return nil }
        var measures: [Measure] = []
        for member in members {
            guard let value = member.value.decimal, member.key.utf8.count <= 64,
                !member.key.utf8.contains(where: { $0 < 32 || $0 > 126 })
            else { return nil }
            measures.append(Measure(member.key, value))
        }
        return measures
    }
}
