internal import JSONTree
internal import Voyage

/// The last line of what a command tells of a run as JSON: how it ended for this command, with which
/// exit code, and the one command that continues.
///
/// Told apart from a fact by its key `end`.
struct EndLine: Sendable {
    /// nil where no run was begun, or nobody knows its name.
    var run: String?
    /// `promoted`, `removed`, `rolled-back`, `person-needed`, `interrupted`, `running`, `held`,
    /// `refused`; runs as `status` calls them.
    var end: String
    var reason = ""
    var exit: ExitCode
    var next = ""

    /// Of a command that met an error before or beside its run.
    init(_ error: any Error, _ exit: ExitCode, run: String? = nil) {
        self.run = run
        end =
            switch exit {
            case .held: "held"
            case .personNeeded: "person-needed"
            case .interrupted: "interrupted"
            case .done, .rolledBack, .usage, .refused: "refused"
            }
        let text = Wording.text(of: error)
        reason = text.split(separator: "\n").first.map(String.init) ?? ""
        self.exit = exit
        let isEnded =
            if case .endedElsewhere? = (error as? VoyageError)?.code { true } else { false }
        if let run, exit == .personNeeded || exit == .interrupted, !isEnded {
            next = "theseus resume \(run)"
        }
    }

    init(
        run: String?, _ end: String, reason: String = "", _ exit: ExitCode, next: String = ""
    ) {
        self.run = run
        self.end = end
        self.reason = reason
        self.exit = exit
        self.next = next
    }

    /// Only where somebody wants JSON.
    func say(to request: CommandRequest) {
        guard request.wantsJSON else { return }
        Terminal.say(
            JSONWriter.text(of: [
                "run": run.map(JSONTree.string) ?? .null, "end": .string(end),
                "exitCode": .integer(Int(exit.rawValue)), "reason": .string(reason),
                "next": .string(next),
            ]))
    }
}

extension CommandRequest {
    /// Whether it tells of a run, fact by fact.
    var tellsFacts: Bool {
        ["deploy", "resume", "undo", "delete", "abort"].contains(command.name)
            && !has("--dry-run")
    }
}
