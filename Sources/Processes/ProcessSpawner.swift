/// Runs programs: real ones in production, made-up ones in the Lab.
package protocol ProcessSpawner: Sendable {
    /// Returns when the program and all its descendants are gone. Called off with its task, at
    /// once; what it started is killed nevertheless.
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd
}

/// One program to run. No shell reads the arguments.
package struct ProcessJob: Hashable, Sendable {
    package struct Variable: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
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

/// How a program ended.
package struct ProcessEnd: Hashable, Sendable {
    package enum Exit: Hashable, Sendable {
        case code(Int)
        case signal(Int)
        case timeLimit
    }

    package var exit: Exit
    /// Standard output and standard error, as they came, capped.
    package var output: [UInt8]
    /// How many bytes the cap left out.
    package var dropped: Int
    package var duration: Duration

    package init(exit: Exit, output: [UInt8], dropped: Int, duration: Duration) {
        self.exit = exit
        self.output = output
        self.dropped = dropped
        self.duration = duration
    }
}

/// Why a program did not run.
package struct ProcessFailure: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        case notFound
        case notExecutable
        case noResources
        case cancelled
    }

    package let code: Code
    /// The program's name.
    package let place: String
    package let detail: String

    package init(_ code: Code, place: String, detail: String = "") {
        self.code = code
        self.place = place
        self.detail = detail
    }
}
