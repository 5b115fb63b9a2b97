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
