internal import CanaryEngine
internal import FlowFiles
internal import IstioRoutes
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping
internal import Workloads

/// A look at the cluster before an open run is taken: whether it was ended without its journal, by an
/// `abort` of its marks, by hand, or by a newer copy of the journal.
///
/// Where it was, its way home would lead users away from what serves them, or to what is gone.
struct EndedElsewhere: Sendable {
    private let cluster: KubernetesClient
    private let charter: RunCharter

    init(cluster: KubernetesClient, _ charter: RunCharter) {
        self.cluster = cluster
        self.charter = charter
    }

    /// Throws where no mark is left of a run whose marks should stand, and somebody else's work does.
    func requireNot(_ state: RunState) async throws {
        guard isMeantToBeMarked(state) else { return }
        let run = charter.run
        let router = IstioRouter(
            scope: charter.routeScope,
            writer: SealedWriter(
                client: cluster, time: cluster.time,
                seal: { WriteSeal(run: run, epoch: 0, head: "") }), known: charter.routes)
        let stable = try await deployment(charter.stable)
        let candidate = try await deployment(charter.candidate)
        guard stable?.seal?.run != run, candidate?.seal?.run != run,
            try await !router.isMarked()
        else { return }
        let why: String
        if let gone = charter.stable, stable == nil {
            why = "Deployment \(charter.flow.target.namespace)/\(gone.deployment) is gone"
        } else if let others = try await router.servesOthers() {
            why = others
        } else {
            return
        }
        throw VoyageError(.endedElsewhere(why), place: "run \(run)")
    }

    /// From its backup on until it lets go, on the way that it would go on.
    ///
    /// From the decision to promote there is no way home, and nothing to be afraid of.
    private func isMeantToBeMarked(_ state: RunState) -> Bool {
        let plan = charter.flow.plan
        var state = state
        if case .personNeeded = state.course, state.isOver {
            state.hear(.wished(Wish(.resume, by: "")), at: state.clock, plan)
        }
        if case .closing = state.course { return false }
        return state.backup != nil && state.isMarked(plan)
    }

    private func deployment(_ version: RunCharter.Version?) async throws -> KubernetesObject? {
        guard let version else { return nil }
        let reference = ObjectReference(
            .deployment, namespace: charter.flow.target.namespace, name: version.deployment)
        return try await cluster.patiently { try await $0.get(reference) }
    }
}
