/// What a caller learns without reading: the table of `theseus help`.
enum ExitCode: Int32, Sendable {
    /// Promoted, or the command did what it says.
    case done = 0
    /// Users are on stable, the cluster is as before.
    case rolledBack = 1
    case usage = 2
    /// Nothing was changed.
    case refused = 3
    case personNeeded = 4
    /// Another run holds the target.
    case held = 5
    /// Resumable.
    case interrupted = 6
}
