internal import FlowFiles
internal import JSONTree
internal import Rehearsal

/// `theseus diagram FLOW`: who says what to whom when all goes well.
struct DiagramCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() throws -> ExitCode {
        let (flow, source) = try request.flow()
        let diagram = try SequenceDiagram(of: flow, from: source)
        let form = request.value("--format") ?? "text"
        let text =
            switch form {
            case "mermaid": diagram.mermaid
            case "svg": diagram.svg
            default:
                diagram.text(
                    """
                    The sequence of one delivery of \(flow.name): its happy path in the lab.
                    Tests pass, gates are content, and people say yes.
                    """)
            }
        Terminal.say(
            request.wantsJSON
                ? JSONWriter.text(of: ["format": .string(form), "text": .string(text)])
                : String(text.dropLast()))
        return .done
    }
}
