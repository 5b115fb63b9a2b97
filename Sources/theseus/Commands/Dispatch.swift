internal import CanaryEngine

/// Which command does what.
enum Dispatch {
    static let version = "0.1.0"

    static func carryOut(_ request: CommandRequest) async throws -> ExitCode {
        try request.checkNamespace()
        try ReportFiles(request).check()
        return switch request.command.name {
        case "plan": try await PlanCommand(request).carryOut()
        case "rehearse": try await RehearseCommand(request).carryOut()
        case "deploy": try await DeployCommand(request).carryOut()
        case "resume": try await ResumeCommand(request).carryOut()
        case "abort": try await AbortCommand(request).carryOut()
        case "approve": try await WishCommand(request, .approve).carryOut()
        case "reject": try await WishCommand(request, .reject).carryOut()
        case "pause": try await WishCommand(request, .pause).carryOut()
        case "promote": try await WishCommand(request, .promote).carryOut()
        case "status": try await StatusCommand(request).carryOut()
        case "history": try await HistoryCommand(request).carryOut()
        case "show": try await ShowCommand(request).carryOut()
        case "judge": try await JudgeCommand(request).carryOut()
        case "lint": try LintCommand(request).carryOut()
        case "diagram": try await DiagramCommand(request).carryOut()
        case "explain": try ExplainCommand(request).carryOut()
        case "schema": SchemaCommand(request).carryOut()
        case "flows": FlowsCommand(request).list()
        case "flows show": try FlowsCommand(request).show()
        case "completion": try CompletionCommand(request).carryOut()
        case "undo": try await UndoCommand(request).carryOut()
        case "delete": try await DeleteCommand(request).carryOut()
        case "rbac": try await RbacCommand(request).carryOut()
        case "init": try await InitCommand(request).carryOut()
        case "doctor": try await DoctorCommand(request).carryOut()
        case "import": try ImportCommand(request).carryOut()
        case "verify": try await VerifyCommand(request).carryOut()
        case "lab serve": try await LabServeCommand(request).carryOut()
        case "version": say("theseus \(version)")
        case "help": say(try HelpText.page(request.operand))
        default: throw UsageError(.unknownCommand(request.command.name), command: nil)
        }
    }

    private static func say(_ text: String) -> ExitCode {
        Terminal.say(text)
        return .done
    }
}
