internal import Diagrams
internal import FlowFiles
internal import MetricsGate

extension PlayedDay {
    /// Who said what to whom on that day.
    func diagram(of flow: Flow) -> SequenceDiagram {
        var teller = SequenceTeller(
            flow.plan, of: flow.name,
            gatesElsewhere: Set(flow.gates.filter { $0.source != nil }.map(\.name)),
            repeats: false)
        for happening in happenings {
            switch happening {
            case .fact(let fact, let next): teller.hear(fact, leadingTo: next)
            case .write(let verb, let object): teller.write(verb, object)
            }
        }
        teller.end("promoted")
        return teller.diagram
    }
}
