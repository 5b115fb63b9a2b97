internal import CanaryEngine
internal import IstioRoutes
internal import Timekeeping
internal import Workloads

extension ShipCrew {
    /// All the traffic that stable carries, at once; the rest as its pods turn ready.
    ///
    /// At every look stable is made to ask for its pods, since somebody may take them away again.
    /// What came home stays there whatever becomes of them: after the turn the candidate's weight
    /// never rises.
    @discardableResult
    func bringHome() async throws -> String {
        guard let stable = charter.stable?.deployment else {
            return sentence(try await router.sendHome(share: .none))
        }
        let candidate = charter.candidate.deployment
        while true {
            let ready = try await keeper.readyPods(ofDeployment: stable)
            let carried = Capacity.carry(ready: ready, ofStableReady: stableReady)
            if carried >= 100 { return sentence(try await router.sendHome(share: .none)) }
            let share = try await router.currentShare()
            // Nobody is out there: copies and cookies end without a pod of stable more.
            if share == .none { return sentence(try await router.sendHome(share: .none)) }
            let rest = TrafficWeight(percent: 100 - carried) ?? .all
            if ready > 0, share > rest { _ = try await router.sendHome(share: rest) }
            let carrying = try await keeper.readyPods(ofDeployment: candidate)
            let allowed = try await keeper.raiseStable(to: max(stableReady, carrying))
            let wanted = min(stableReady, allowed)
            // More than its autoscaler allows never come; and a stable that is unfit is still better
            // than a candidate without pods.
            if ready > 0, ready >= wanted || carrying == 0 {
                return sentence(try await router.sendHome(share: .none))
            }
            try await rig.time.sleep(for: rig.pace.poll)
        }
    }
}
