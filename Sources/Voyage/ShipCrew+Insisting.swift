internal import CanaryEngine
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping
internal import Workloads

/// On the way home a no of the API server is not the last word: a Role that is made anew, or a token that
/// is renewed, takes its time.
extension ShipCrew {
    /// Does `work`, and asks again where this account may not, every few seconds and nearly for `limit`;
    /// nil: until called off.
    func insisting<Value: Sendable>(
        within limit: Duration?, since begin: Duration,
        _ tell: @Sendable (String) -> Void = { _ in },
        _ work: () async throws -> Value
    ) async throws -> Value {
        let end = limit.map { begin + $0 - min(HomeWait.reserve, $0 / 2) }
        var told: Duration?
        while true {
            do {
                return try await work()
            } catch let error as KubernetesError where error.isDenial {
                if let end, bridge.clock >= end { throw error }
                if told.map({ rig.time.now - $0 >= HomeWait.pause }) ?? true {
                    told = rig.time.now
                    tell("may not go on home, and asks again: \(error.place): \(error.detail)")
                }
                try await rig.time.sleep(for: rig.pace.watch)
            }
        }
    }

    /// A leg of the way home, its whole time long.
    func insistingOn(
        _ leg: Leg, _ order: Order, _ tell: @escaping @Sendable (Fact) -> Void
    ) async throws -> Fact {
        guard order.id.course == .home else { return try await fact(of: leg, order, tell) }
        // What is only waited for ends by itself, and no person is called for it.
        let isOnlyWait = leg == .seeHome || leg == .drainCandidate
        do {
            return try await insisting(
                within: isOnlyWait ? nil : min(limits.home, leg.limit(limits)),
                since: bridge.state.legEntered,
                { tell(.noticed($0)) }
            ) { try await fact(of: leg, order, tell) }
        } catch let error as KubernetesError where error.isDenial && leg == .goHome {
            throw Setback(.denied, "\(error.place): \(error.detail); \(kept)")
        }
    }

    /// What is left with the candidate, as far as the run knows.
    var kept: String { "the candidate keeps \(bridge.state.weight.percent)%" }

    /// By the Deployment, or where it may not be read by what the run knows of it.
    func readyPods(of name: String) async throws -> Int {
        do {
            return try await keeper.readyPods(ofDeployment: name)
        } catch let error as KubernetesError where error.isDenial {
            // Of stable the backup knows, where the journal can be read.
            let known =
                name == charter.stable?.deployment
                ? try? await copies().workloads.stable : keeper.scope.candidate
            guard let known else { throw error }
            return try await keeper.readyPods(like: known)
        }
    }

    /// Whether users could meet the candidate.
    func candidateHasPods() async throws -> Bool {
        do {
            return try await keeper.hasPods(ofDeployment: charter.candidate.deployment)
        } catch let error as KubernetesError where error.isDenial {
            return try await keeper.readyPods(like: keeper.scope.candidate) > 0
        }
    }
}

extension KubernetesError {
    fileprivate var isDenial: Bool { code == .forbidden || code == .unauthorized }
}
