// theseus — the roof: reads the command line, and tells people what happened.
//
//   Reading/    the table of commands and options, and the words of their errors
//   Commands/   one file per command or family of commands
//   Completion/ the table once more, for shells
//   Telling/    facts and runs in lines that people read, or in JSON
//
// Decides nothing that the rooms below could decide.

internal import Glibc
internal import Processes

@main struct Theseus {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        // Our own binary, re-executed around a command of a test: nothing else may run before.
        if arguments.first == GuardCommand.name {
            exit(GuardCommand.main())
        }
        // Nobody who stops reading us, and no limit on our files, may end a run: both are errors
        // that the write itself tells.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        var end: ExitCode
        var request: CommandRequest?
        do {
            let read = try CommandReader.read(arguments)
            request = read
            end = try await Dispatch.carryOut(read)
        } catch let error as UsageError {
            Terminal.complain(error.description)
            end = .usage
        } catch {
            Terminal.complain(Wording.text(of: error))
            end = Wording.exit(for: error, begins: ["deploy", "delete"].contains(arguments.first))
            // Who only looks is held off by nobody; what is in the way is a refusal like any other.
            if end == .held, !CommandTable.moves(arguments.first) { end = .refused }
            if let request, request.tellsFacts {
                EndLine(error, end, run: request.value("--run-id")).say(to: request)
            }
        }
        if let why = Terminal.loss {
            Terminal.complain(Wording.lost(why))
            if end == .done, !CommandTable.moves(arguments.first) { end = .refused }
        }
        // Not `exit`: that takes OpenSSL from under threads which may still be speaking.
        _exit(end.rawValue)
    }
}
