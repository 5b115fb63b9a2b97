package import Journal

/// Why a process stops driving a run that is not over.
package enum Stranding: Error, Hashable, Sendable {
    /// Somebody else holds the run now.
    case displaced(by: String)
    /// Nothing more can be remembered; traffic was brought home as far as stable carries it.
    case unwritable(JournalError, home: String)
    /// Stopped on request; `theseus resume` goes on.
    case interrupted
}
