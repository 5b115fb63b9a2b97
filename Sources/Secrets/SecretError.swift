/// Why a secret is not to be had; says nothing of what was found there.
package struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// There is no such file or variable, or it may not be read.
        case missing
        case empty
        /// Several lines, or what no header line may have.
        case unfit
        /// The program did not end well; how it ended.
        case command(String)
    }

    package let code: Code
    package let origin: SecretOrigin

    package init(_ code: Code, _ origin: SecretOrigin) {
        self.code = code
        self.origin = origin
    }

    /// What happened, in one line.
    package var reason: String {
        switch (code, origin) {
        case (.missing, .file): "the file with the secret cannot be read"
        case (.missing, .environment): "the variable with the secret is not set"
        case (.missing, .command): "there is no command for the secret"
        case (.empty, _): "there is no secret in \(origin.place)"
        case (.unfit, _): "what is in \(origin.place) is no secret: it has several lines"
        case (.command(let end), _): "the command for the secret gave none: \(end)"
        }
    }

    package var remedy: String {
        switch origin {
        case .file: "check the path, that it holds the secret alone, and that you may read it"
        case .environment(let name): "set \(name) where theseus is started"
        case .command: "run the command by hand: it must write the secret, and exit with 0"
        }
    }

    package var description: String {
        """
        secret: \(reason)
          where: \(origin.place)
          do:    \(remedy)
        """
    }
}
