internal import Journal
internal import KubernetesAPI
internal import Lab
internal import Voyage

/// The cluster beside a journal, for commands that only look: asked for as long as our patience
/// lasts, and once it did not answer no more.
struct ClusterLook {
    enum Answer<Value: Sendable>: Sendable {
        case told(Value)
        /// Nobody could ask, or nobody answered: what the cluster would say is not known.
        case unasked(why: String)
        /// The run's world was the embedded lab's, which ended with its process.
        case forgotten
    }

    private let logbook: Logbook
    private var ground: Ground?
    private var isSilent = false
    /// What it ends with: refused, once there was somebody to ask and no answer.
    private(set) var end = ExitCode.done

    init(_ logbook: Logbook) { self.logbook = logbook }

    /// Asks the run's cluster; complains of one that does not answer.
    mutating func ask<Value: Sendable>(
        of card: RunCard, _ question: (Ground, KubernetesClient) async throws -> Value
    ) async throws -> Answer<Value> {
        if !logbook.isInCluster, card.cluster == LabWorld.server { return .forgotten }
        guard let ground = await found() else { return .unasked(why: "its cluster was not asked") }
        guard logbook.holds(card, on: ground) else {
            return .unasked(why: "it is of another cluster, which was not asked")
        }
        do {
            let client = ground.rig.cluster.patient(for: ground.rig.pace.patience)
            return .told(try await question(ground, client))
        } catch let error as KubernetesError {
            Terminal.complain("\(error)")
            isSilent = error.isPassing
            end = .refused
            return .unasked(why: "its cluster did not answer")
        }
    }

    private mutating func found() async -> Ground? {
        if isSilent { return nil }
        if let ground { return ground }
        do {
            ground = try await logbook.ground()
        } catch {
            Terminal.complain(Wording.text(of: error))
            isSilent = true
            end = .refused
        }
        return ground
    }
}
