/// `theseus completion SHELL`: what a shell needs to complete commands, options and their values.
struct CompletionCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    static let shells = ["bash", "zsh", "fish"]

    func carryOut() throws -> ExitCode {
        switch request.operand ?? "" {
        case "bash": Terminal.say(BashCompletion.text)
        case "zsh": Terminal.say(ZshCompletion.text)
        case "fish": Terminal.say(FishCompletion.text)
        case let other:
            throw UsageError(.wrongValue("SHELL", other, Self.shells), command: request.command)
        }
        return .done
    }
}
