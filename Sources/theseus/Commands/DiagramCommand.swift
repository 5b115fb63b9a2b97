internal import Diagrams
internal import FlowFiles
internal import Foresight
internal import JSONTree
internal import Lab
internal import Voyage

/// `theseus diagram FLOW`: who says what to whom when all goes well.
///
/// Asks a cluster, and only looks, where `--cluster` or `--kubeconfig` names one; else the delivery
/// is played in a world made of the flow's manifest.
struct DiagramCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let (flow, source) = try request.flow()
        let text = text(of: try await diagram(flow, source), flow)
        guard let path = request.value("--out") else {
            Terminal.say(String(text.dropLast()))
            return .done
        }
        try Files.write(text, to: path)
        Terminal.say("wrote \(path)")
        return .done
    }

    private func diagram(_ flow: Flow, _ source: FlowSource) async throws -> SequenceDiagram {
        let lookout = Lookout()
        if asksCluster {
            let ground = try await Ground.cluster(request, by: lookout.through)
            return try await Self.diagram(flow, source, ground, lookout)
        }
        let turnable = TurnableWorld()
        let world =
            request.value("--cluster") == "lab"
            ? try LabWorlds.world(nil) : try ManifestWorld(flow).file()
        let ground = try Ground.lab(world, LabClock(turnable), by: lookout.through)
        return try turnable.run { try await Self.diagram(flow, source, ground, lookout) }
    }

    private var asksCluster: Bool {
        let cluster = request.value("--cluster")
        return cluster != "lab" && (cluster != nil || request.value("--kubeconfig") != nil)
    }

    private static func diagram(
        _ flow: Flow, _ source: FlowSource, _ ground: Ground, _ lookout: Lookout
    ) async throws -> SequenceDiagram {
        try await Forecast(rig: ground.rig, lookout: lookout, terms: Departure.Terms())
            .diagram(flow, from: source)
    }

    /// What was asked for, or else what the file's name says.
    private var form: String? {
        if let form = request.value("--output") { return form }
        let path = request.value("--out") ?? ""
        return [".svg": "svg", ".mmd": "mermaid", ".json": "json"].first { path.hasSuffix($0.key) }?
            .value
    }

    private func text(of diagram: SequenceDiagram, _ flow: Flow) -> String {
        switch form {
        case "mermaid": diagram.mermaid
        case "svg": diagram.svg
        case "json": JSONWriter.text(of: diagram.tree) + "\n"
        default:
            diagram.text(
                """
                The sequence of one delivery of \(flow.name), on a good day.
                What tests and gates say again in a step is told once.
                """)
        }
    }
}

extension SequenceDiagram {
    /// An object for each message: its chapter, from whom, to whom, and what is said.
    fileprivate var tree: JSONTree {
        var chapter = ""
        return .array(
            lines.compactMap { line in
                switch line {
                case .chapter(let title):
                    chapter = title
                    return nil
                case .message(let from, let to, let words):
                    return [
                        "chapter": .string(chapter), "from": .string(from.rawValue),
                        "to": .string(to.rawValue), "words": .string(words),
                    ]
                }
            })
    }
}
