// Checkup — what `theseus doctor` looks at: the way to the cluster, clocks, kinds, sidecars, tools that
// would fight, what old runs left behind, the mesh's metrics, and whether a release could begin now.
//
//   Symptom        one thing that was looked at: how it stands, and what to do
//   Examination    all of them, in the order in which a release would meet them
//
// It only looks. What a release asks of the cluster is not asked here a second time: Voyage's
// Departure says it, in the words in which it would refuse.

package import FlowFiles
internal import KubernetesAPI
internal import Timekeeping
package import Voyage

/// Looks at everything that a release stands on.
package struct Examination: Sendable {
    let rig: Rig
    let namespace: String
    /// With a flow its service is looked at, and whether it could be released.
    let flow: (flow: Flow, source: FlowSource)?
    let remembersInCluster: Bool

    package init(
        _ rig: Rig, namespace: String, flow: (flow: Flow, source: FlowSource)?,
        remembersInCluster: Bool
    ) {
        self.rig = rig
        self.namespace = namespace
        self.flow = flow
        self.remembersInCluster = remembersInCluster
    }

    /// An API server that does not answer ends it: everything else is behind that.
    package func symptoms() async -> [Symptom] {
        let way = await look("API server") { try await server() }
        guard way.allSatisfy({ $0.state != .bad }) else { return way }
        var all = way
        all += await look("clock") { clock() }
        all += await look("mesh") { try await mesh() }
        all += await look("autoscaling") { try await autoscaling() }
        all += await look("sidecars") { try await sidecars() }
        all += await look("other tools") { try await stewards() }
        all += await look("left behind") { try await leftovers() }
        all += await look("metrics") { try await metrics() }
        all += await look("release") { try await release() }
        return all
    }

    /// No look takes longer than that.
    private static let patience = Duration.seconds(30)

    private func look(
        _ name: String, _ work: @escaping @Sendable () async throws -> [Symptom]
    ) async -> [Symptom] {
        do {
            return try await within(Self.patience, by: rig.time, work)
        } catch let error as KubernetesError where error.code == .forbidden {
            // What a release needs it asks for itself, and that is looked at last.
            return [Symptom(name, error: error, state: .unseen)]
        } catch {
            return [Symptom(name, error: error)]
        }
    }
}
