/// Why a cluster cannot be reached as the kubeconfig says: what, where, what to do.
package struct AccessError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// Neither a file nor a pod's own account.
        case noKubeconfig
        /// No YAML, or not of the form that kubectl reads; in words.
        case unreadable(String)
        case noContext(String)
        /// Nobody said which one, and the file does not either.
        case noCurrentContext
        /// The context names a cluster or a user that no file has.
        case missing(String)
        /// Two settings that exclude each other.
        case contradiction(String)
        /// `auth-provider`, which kubectl itself has given up.
        case authProvider(String)
        /// A file that the kubeconfig names: which one, and what is wrong with it.
        case file(String, String)
        /// A setting whose value cannot be used.
        case unfit(String, remedy: String)
        case pluginDenied(String)
        case pluginMissing(String, hint: String)
        case pluginFailed(String, why: String)
        /// Who wants to ask a person, while nobody can answer.
        case pluginWantsPerson(String)
    }

    package let code: Code
    /// File and line, or what else a person must look at.
    package let place: String

    package init(_ code: Code, place: String) {
        self.code = code
        self.place = place
    }

    /// What is wrong, in one line.
    package var meaning: String {
        switch code {
        case .noKubeconfig: "there is no kubeconfig"
        case .unreadable(let why): "the kubeconfig cannot be read: \(why)"
        case .noContext(let name): "the kubeconfig has no context \"\(name)\""
        case .noCurrentContext: "the kubeconfig names no current context"
        case .missing(let what): "the kubeconfig has no \(what)"
        case .contradiction(let what): what
        case .authProvider(let name): "auth-provider \(name) is no longer a way to sign in"
        case .file(let what, let why): "the \(what) \(why)"
        case .unfit(let what, _): what
        case .pluginDenied(let program):
            "\(program) would sign in for us, and --deny-exec-plugins forbids it"
        case .pluginMissing(let program, _): "there is no program \(program) to sign in with"
        case .pluginFailed(let program, let why): "\(program) gave no credential: \(why)"
        case .pluginWantsPerson(let program): "\(program) wants to ask a person"
        }
    }

    private var remedy: String {
        switch code {
        case .noKubeconfig: "give --kubeconfig FILE, or --cluster lab for the embedded lab"
        case .unreadable: "mend the file"
        case .noContext: "see `kubectl config get-contexts`"
        case .noCurrentContext: "give --cluster CONTEXT, or `kubectl config use-context`"
        case .missing: "mend the context, or choose another by --cluster"
        case .contradiction: "take one of the two away"
        case .authProvider:
            "let the cluster's own tool write the user anew: it will name an exec program"
        case .file: "check the path, and that you may read it"
        case .unfit(_, let remedy): remedy
        case .pluginDenied: "leave the option away, or use a kubeconfig with a token"
        case .pluginMissing(_, let hint): hint.isEmpty ? "install it, on the PATH" : hint
        case .pluginFailed: "run kubectl with this kubeconfig; where that works, this does"
        case .pluginWantsPerson: "sign in with kubectl first, or use another kubeconfig"
        }
    }

    package var description: String {
        ["cluster: \(meaning)", "  where: \(place)", "  do:    \(remedy)"]
            .map(Self.inOneLine).joined(separator: "\n")
    }

    /// Names and programs' words may hold anything.
    private static func inOneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
