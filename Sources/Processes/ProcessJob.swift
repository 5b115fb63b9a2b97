/// One program to run.
///
/// No shell reads the arguments.
package struct ProcessJob: Hashable, Sendable {
    package struct Variable: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Looked at ten times a second: what is over a limit is over it for a moment.
    package struct Limits: Hashable, Sendable {
        /// Bytes in memory; pages that processes share count for each of them.
        package var memory: Int?
        /// Time on processors.
        package var processorTime: Duration?

        package init(memory: Int? = nil, processorTime: Duration? = nil) {
            self.memory = memory
            self.processorTime = processorTime
        }
    }

    /// The program, then what it is called with.
    package var arguments: [String]
    /// The whole environment; nothing is inherited.
    package var environment: [Variable]
    /// nil: where we run.
    package var folder: String?
    package var input: [UInt8]
    package var timeLimit: Duration
    /// How many bytes of output are kept: half from the beginning, half from the end.
    package var outputCap: Int
    /// How long after TERM comes KILL.
    package var grace: Duration
    /// Its error output goes where ours goes, as it comes; else it is kept with the output.
    package var errorsAreShown = false
    /// What the program and all that it starts may use, together.
    package var limits = Limits()
    /// A file that the program is to write; read when it has ended, if it is not what it was.
    package var resultFile: String?

    package init(
        arguments: [String], environment: [Variable] = [], folder: String? = nil,
        input: [UInt8] = [], timeLimit: Duration = .seconds(300), outputCap: Int = 64 * 1024,
        grace: Duration = .seconds(5)
    ) {
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.input = input
        self.timeLimit = timeLimit
        self.outputCap = outputCap
        self.grace = grace
    }
}

extension ProcessJob {
    /// The program's name without its arguments, which may be secret: safe to show.
    package var place: String { arguments.first ?? "(no program)" }
}
