internal import CanaryEngine
internal import FlowFiles
internal import Foresight
internal import JSONTree
internal import Manifests
internal import Voyage

/// The world that a diagram is drawn in, where no cluster is asked: made of the flow's own files.
struct BareWorld: Sendable {
    let tree: JSONTree
    /// nil for a first release.
    let stable: RunCharter.Version?

    init(_ flow: Flow) throws(RehearsalError) {
        let target = flow.target
        guard let own = target.manifest.first(where: { $0.kind == ResourceKind.deployment.kind }),
            let labels = own.tree.at("spec", "template", "metadata", "labels")?.members
        else { throw RehearsalError(.noDeployment, place: target.service) }
        guard labels.contains(where: { $0.key != target.versionLabel }) else {
            throw RehearsalError(.noLabels, place: "Deployment \(own.name)")
        }
        let world = ManifestWorld(flow)
        tree = world.tree
        stable = world.stable
    }
}
