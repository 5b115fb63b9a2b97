// SweepCommand — plays the repertoire with everything that can go wrong, as a release build.
//
// Prints one line for each part; at the first thing that is wrong, how to see it again.

internal import Lab
internal import Rehearsal

@main enum SweepCommand {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let request = SweepRequest(arguments) else {
            print(SweepRequest.usage)
            exitWith(2)
        }
        do {
            let isRight = try await SweepProgramme(request: request).play()
            exitWith(isRight ? 0 : 1)
        } catch {
            print("\(error)")
            exitWith(1)
        }
    }
}
