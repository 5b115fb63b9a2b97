internal import CanaryEngine
package import FlowFiles
internal import Lab

extension SequenceDiagram {
    /// The happy path of somebody's own flow, played in a world made of its manifest.
    package init(of flow: Flow, from source: FlowSource) throws(DiagramError) {
        let stage: Stage
        do {
            stage = try Stage(FairDay(flow).scenario(from: source))
        } catch {
            throw DiagramError(
                flow: flow.name, reason: "no lab can be made of its manifest: \(error)")
        }
        self.init(stage)
        guard end == .promoted else {
            throw DiagramError(flow: flow.name, reason: "its good day has no good end: \(trouble)")
        }
    }
}

/// A flow whose happy path cannot be shown.
package struct DiagramError: Error, Hashable, Sendable, CustomStringConvertible {
    let flow: String
    let reason: String

    package var description: String {
        """
        diagram: \(reason)
          where: flow \(flow), in the lab
          do:    look at the steps and the manifest; deploy --dry-run says what a cluster makes of them
        """
    }
}
