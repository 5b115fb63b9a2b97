/// Why a program did not run, or not to an end that is known.
package struct ProcessFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case notFound
        case notExecutable
        /// The system has no room for another process, or for its pipes.
        case noResources
        case cancelled
        case noFolder
        /// An argument, a variable or the folder holds what no program can be given.
        case unfit
        /// The guard could not be started.
        case noGuard
        /// The guard was killed, or does not answer; processes may be left.
        case guardLost
    }

    package let code: Code
    /// The program's name, without its arguments.
    package let place: String
    package let detail: String

    package init(_ code: Code, place: String, detail: String = "") {
        self.code = code
        self.place = place
        self.detail = detail
    }

    /// What happened, in a few words.
    package var meaning: String {
        switch code {
        case .notFound: "there is no such program"
        case .notExecutable: "the program may not be executed"
        case .noResources: "the program cannot be started"
        case .noFolder: "its folder cannot be entered"
        case .unfit: "the program cannot be given this"
        case .cancelled: "called off"
        case .noGuard: "the program's guard cannot be started"
        case .guardLost: "the program's guard was lost"
        }
    }

    private var remedy: String {
        switch code {
        case .notFound: "check its name, and the PATH in the environment that it is given"
        case .notExecutable: "make the file executable, or start it by its interpreter"
        case .noFolder: "check that the folder exists and that you may enter it"
        case .unfit: "take out NUL bytes, and '=' in variables' names"
        case .cancelled: "nothing; somebody called it off"
        case .noGuard: "check that the theseus binary is still where it was started from"
        case .guardLost: "look for processes that it left, and who killed 'theseus guard'"
        case .noResources: "check the limits on processes and open files (ulimit -a)"
        }
    }

    package var description: String {
        """
        process: \(meaning)\(detail.isEmpty ? "" : " (\(detail))")
          where: \(place)
          do:    \(remedy)
        """
    }
}
