// RigCommand — brings real parts up on loopback, and tells stories with the real binary.
//
// One line for each story, with what was measured; at the very end how many passed and how many
// failed.

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
            say("\(error)")
            say("0 passed, 1 failed")
            exitWith(1)
        }
    }
}
