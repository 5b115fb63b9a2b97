/// How a program ended.
package struct ProcessEnd: Hashable, Sendable {
    package enum Exit: Hashable, Sendable {
        case code(Int)
        case signal(Int)
        case timeLimit
    }

    package var exit: Exit
    /// Standard output, and standard error if it was not shown, as they came, capped.
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
