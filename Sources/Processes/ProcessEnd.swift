/// How a program ended.
package struct ProcessEnd: Hashable, Sendable {
    package enum Exit: Hashable, Sendable {
        case code(Int)
        case signal(Int)
        case timeLimit
        case memoryLimit
        case processorLimit
    }

    package var exit: Exit
    /// Standard output, and standard error if it was not shown, as they came, capped.
    package var output: [UInt8]
    /// How many bytes the cap left out.
    package var dropped: Int
    package var duration: Duration
    /// What stands in the job's result file; nil: the program wrote none.
    package var result: Result?

    package enum Result: Hashable, Sendable {
        case bytes([UInt8])
        /// More than may be read.
        case tooLarge
        /// It is there, and is no file that can be read.
        case unreadable
    }

    package init(
        exit: Exit, output: [UInt8], dropped: Int, duration: Duration, result: Result? = nil
    ) {
        self.exit = exit
        self.output = output
        self.dropped = dropped
        self.duration = duration
        self.result = result
    }
}
