internal import CanaryEngine
internal import Timekeeping
internal import Workloads

/// Behind the point of no return: stable goes only from under a candidate that carries everybody.
extension ShipCrew {
    /// Returns at once where the candidate's own ready pods carry all users; else as soon as they did so
    /// in three looks one after the other.
    ///
    /// What is waited for is told; a little before the machine's own deadline the wait ends, with the
    /// reason. Where there is no stable nobody is helped by waiting.
    func awaitCarried(
        _ order: Order, _ tell: @escaping @Sendable (Fact) -> Void
    ) async throws {
        guard let stable = charter.stable?.deployment else { return }
        let candidate = charter.candidate.deployment
        let needed = Capacity.floor(for: .all, stableReady: stableReady)
        // Behind the wait pods still have to end.
        let reserve = min(HomeWait.reserve + endPatience, limits.capacity / 2)
        let end = bridge.state.legEntered + limits.capacity - reserve
        var missing = 0
        var told: Duration?
        while true {
            let ready = try await keeper.readyPods(ofDeployment: candidate)
            missing = ready < needed ? 3 : missing - 1
            if missing <= 0 { return }
            if ready < needed {
                let isLast = bridge.clock >= end
                if isLast || told.map({ rig.time.now - $0 >= HomeWait.pause }) ?? true {
                    told = rig.time.now
                    let lack = CandidateLack(
                        candidate: candidate, ready: ready, needed: needed, stable: stable,
                        obstacle: try await keeper.obstacle(of: candidate, atLeast: needed))
                    if isLast { throw Setback(.candidateBroken, lack.sentence) }
                    tell(.noticed("waits to let \(stable) go: \(lack.sentence)"))
                }
            }
            try await rig.time.sleep(for: rig.pace.poll)
        }
    }
}

/// What keeps stable after promotion was decided.
struct CandidateLack: Sendable {
    let candidate: String
    let ready: Int
    let needed: Int
    let stable: String
    /// What keeps the candidate's pods, where something is known.
    let obstacle: String?

    var sentence: String {
        let why = obstacle.map { " (\($0))" } ?? ""
        return
            "candidate \(candidate) has \(ready) of \(needed) ready pods\(why); stable \(stable) stays"
    }
}
