internal import FlowFiles
internal import JSONTree

/// `theseus flows` and `theseus flows show NAME`: the templates that theseus ships.
struct FlowsCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func list() -> ExitCode {
        let width = (FlowTemplates.names.map(\.count).max() ?? 0) + 2
        for name in FlowTemplates.names {
            let summary = FlowTemplates.summary(of: name)
            Terminal.say(
                request.wantsJSON
                    ? JSONWriter.text(of: ["name": .string(name), "summary": .string(summary)])
                    : name + String(repeating: " ", count: width - name.count) + summary)
        }
        return .done
    }

    /// To the letter, so that it may be kept as a file.
    func show() throws -> ExitCode {
        let name = request.operand ?? ""
        guard let text = FlowTemplates.text(of: name) else {
            throw UsageError(
                .unknownName("template", name, FlowTemplates.names), command: request.command)
        }
        Terminal.say(
            request.wantsJSON
                ? JSONWriter.text(of: ["name": .string(name), "text": .string(text)])
                : String(text.dropLast()))
        return .done
    }
}
