internal import CProcess

/// `theseus guard`: what stands between us and one command.
///
/// Not for people.
///
/// Call it before anything else is done in the process: it must have no other threads.
package enum GuardCommand {
    /// The word on the command line.
    package static let name = "guard"

    /// Does the job that comes over the channel; gives the exit code.
    package static func main() -> CInt { theseus_guard(channel) }

    /// Where the spawner puts the channel.
    private static let channel: CInt = 3
}
