internal import CanaryEngine
internal import Chronicle
package import Diagrams
internal import KubernetesAPI

extension SequenceDiagram {
    /// What one play of a scenario shows.
    package init(_ stage: Stage) {
        let bill = stage.play()
        var teller = SequenceTeller(stage.plan, of: stage.scenario.name, repeats: true)
        for happening in bill.happenings {
            switch happening {
            case .write(let note):
                guard note.outcome == .applied else { continue }
                teller.write(note.verb.rawValue, "\(note.reference)")
            case .fact(let logged):
                teller.hear(logged.fact, leadingTo: logged.state)
            }
        }
        teller.end(bill.end?.rawValue ?? "no end")
        self = teller.diagram
    }
}
