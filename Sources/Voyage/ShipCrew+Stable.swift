internal import CanaryEngine
internal import FlowFiles
internal import Timekeeping
internal import Workloads

/// Stable keeps its pods as long as users have it, or may have to come back to it.
extension ShipCrew {
    /// nil where nobody is measured by it: a first release, a removal, a stable that had no ready pod.
    private var stableNeeds: StableNeeds? {
        guard charter.removal == nil, charter.stable != nil, stableReady > 0 else { return nil }
        let state = bridge.state
        let isShrunk = flow.plan.steps.prefix(state.begun).contains {
            if case .shrink = $0 { true } else { false }
        }
        let share = TrafficWeight(percent: 100 - state.weight.percent) ?? .all
        if share == .none, isShrunk { return nil }
        return StableNeeds(share: share, ofStableReady: stableReady, isHeld: !isShrunk)
    }

    /// Beside every look at the routes.
    ///
    /// `pods`: stable's, where the look showed them.
    func requireStable(pods: Int?) async throws {
        guard let needs = stableNeeds else { return }
        switch stableMemory.due(needs, pods: pods, at: rig.time.now) {
        case .nothing: return
        case .deployment: try await keeper.requireStable(needs)
        case .both: try await keeper.requireStable(needs, try await keeper.scalers())
        }
        stableMemory.stands(pods: pods, at: rig.time.now)
    }

    /// Before users move, and before promotion is decided.
    func requireStable(_ scalers: Scalers) async throws {
        guard let needs = stableNeeds else { return }
        try await keeper.requireStable(needs, scalers)
        stableMemory.stands(pods: nil, at: rig.time.now)
    }

    /// On the way home: where somebody scaled stable below what it had, it gets its pods back.
    func upholdStable() async throws -> [String] {
        guard charter.removal == nil else { return [] }
        return [try await keeper.upholdStable(at: stableReady)].compactMap(\.self)
    }
}
