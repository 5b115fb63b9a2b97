internal import FlowFiles
internal import JSONTree

/// `theseus explain STEP[.FIELD]`: what a step or a key is for.
struct ExplainCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() throws -> ExitCode {
        let explanation: FlowExplanation
        do throws(FlowExplanation.Unknown) {
            explanation = try FlowExplanation.of(request.operand ?? "")
        } catch {
            throw UsageError(
                .unknownName(
                    error.place.isEmpty ? "step or key" : "key of \(error.place)", error.name,
                    error.known), command: request.command)
        }
        Terminal.say(
            request.wantsJSON
                ? JSONWriter.text(of: ExplanationLines.tree(explanation))
                : ExplanationLines.text(explanation))
        return .done
    }
}

/// `theseus schema`: what an editor needs to help with a flow.
struct SchemaCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() -> ExitCode {
        let schema = request.has("--template") ? FlowSchema.template : FlowSchema.flow
        Terminal.say(JSONWriter.text(of: schema.tree))
        return .done
    }
}
