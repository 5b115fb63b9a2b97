// RigCommand — brings real parts up on loopback, and tells stories with the real binary.
//
// One line for each story, with what was measured; at the end how many there were, how many
// failed and how many were skipped.

internal import Processes
internal import RealRig
internal import Timekeeping

@main enum RigCommand {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == GuardCommand.name { exitWith(GuardCommand.main()) }
        guard let request = RigRequest(arguments) else {
            print(RigRequest.usage)
            exitWith(2)
        }
        do {
            exitWith(try await RigProgramme(request: request).play() ? 0 : 1)
        } catch {
            print("\(error)")
            exitWith(1)
        }
    }
}
