/// Where a secret is found; safe to show and to keep.
package enum SecretOrigin: Hashable, Sendable {
    /// The whole file, without the line break at its end.
    case file(String)
    /// A variable of our own environment.
    case environment(String)
    /// What a program writes on its standard output; no shell reads the arguments.
    case command([String])
}

extension SecretOrigin {
    /// As `the variable DD_API_KEY`, for people.
    ///
    /// A command's arguments are left out.
    package var place: String {
        switch self {
        case .file(let path): "the file \(path)"
        case .environment(let name): "the variable \(name)"
        case .command(let arguments): "the command \(arguments.first ?? "")"
        }
    }
}
