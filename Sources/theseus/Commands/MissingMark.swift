internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import IstioRoutes
internal import Journal
internal import KubernetesAPI
internal import Manifests
internal import Voyage

/// A run that is open in the journal, and has no mark on its routes any more: somebody ended it without
/// this journal.
struct MissingMark: Sendable {
    static let words = "the routes carry no mark of it: it was ended without this journal"

    let ground: Ground
    /// As patient as a command that looks.
    let client: KubernetesClient
    let store: any JournalStore

    /// By what is remembered, a mark should stand; of a run that somebody drives nobody can tell.
    func isMissing(_ charter: RunCharter, after last: LoggedFact) async throws -> Bool {
        let routes = charter.routes
        guard last.state.isMarked(charter.flow.plan), !routes.isEmpty else { return false }
        do {
            for reference in routes {
                let object = try await client.patiently { try await $0.get(reference) }
                guard let object else { continue }
                let runs = [object.seal?.run, RouteRecord(on: object)?.run]
                if runs.contains(charter.run) { return false }
            }
            let target = charter.flow.target
            let life = try await TargetLease(
                client: client, namespace: target.namespace, service: target.service,
                run: charter.run, holder: "", pace: ground.rig.pace
            ).life()
            if let life, life.run == charter.run, !life.isOver { return false }
        } catch let error as KubernetesError where error.code == .forbidden {
            return false
        }
        // One that went on while we looked may have ended by now.
        return try await store.last(of: charter.run)?.sequence == last.sequence
    }
}
