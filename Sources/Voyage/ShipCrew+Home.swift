internal import CanaryEngine
internal import FlowFiles
internal import IstioRoutes
internal import Timekeeping
internal import Workloads

extension ShipCrew {
    /// All the traffic that stable carries, at once; the rest as its pods turn ready.
    ///
    /// At every look stable is made to ask for its pods, since somebody may take them away again.
    /// What came home stays there whatever becomes of them: after the turn the candidate's weight
    /// never rises. `wait`: who hears of it meanwhile, and how long to stay; nil: nobody, and until
    /// called off.
    @discardableResult
    func bringHome(_ wait: HomeWait? = nil) async throws -> String {
        guard let stable = charter.stable?.deployment else {
            return sentence(try await router.sendHome(share: .none))
        }
        let candidate = charter.candidate.deployment
        // What cannot be told of routes that had users may be anything, and of others it is nothing.
        let unknown: TrafficWeight =
            flow.plan.hasShifted(begun: bridge.state.begun) ? .all : .none
        var told = rig.time.now
        var wasEmpty = false
        var found = HomeReport()
        func allHome() async throws -> String {
            found.add(try await router.sendHome(share: .none))
            return sentence(found)
        }
        while true {
            let ready = try await readyPods(of: stable)
            let carried = Capacity.carry(ready: ready, ofStableReady: stableReady)
            if ready == 0 { wasEmpty = true }
            if ready > 0, wasEmpty, try await readyPods(of: candidate) > 0 {
                // The mesh hears a moment later of pods where there were none: until then all find nobody.
                wasEmpty = false
                try await rig.time.sleep(for: limits.settle)
                continue
            }
            if carried >= 100 { return try await allHome() }
            var share = try await router.currentShare(unknown: unknown)
            // Nobody is out there: copies and cookies end without a pod of stable more.
            if share == .none { return try await allHome() }
            let rest = TrafficWeight(percent: 100 - carried) ?? .all
            if ready > 0, share > rest {
                found.add(try await router.sendHome(share: rest))
                // An unpinned route stays with whoever is ready.
                share = try await router.currentShare(unknown: unknown)
            }
            if let wait, share < bridge.state.weight { wait.tell(.lowered(wait.id, share)) }
            let carrying = try await readyPods(of: candidate)
            let allowed = try await keeper.raiseStable(to: max(stableReady, carrying))
            let wanted = min(stableReady, allowed)
            // More than its autoscaler allows never come; and a stable that is unfit is still better
            // than a candidate without pods.
            if ready > 0, ready >= wanted || carrying == 0 {
                return try await allHome()
            }
            if let wait {
                let isLast = bridge.clock >= wait.end
                if isLast || rig.time.now - told >= HomeWait.pause {
                    told = rig.time.now
                    let lack = HomeLack(
                        stable: stable, ready: ready, wanted: wanted, kept: share,
                        obstacle: try await keeper.obstacle(of: stable, atLeast: wanted))
                    if isLast {
                        throw Setback(
                            .deadline, "not all traffic came home in time: \(lack.sentence)")
                    }
                    wait.tell(.noticed("waits to go home: \(lack.sentence)"))
                }
            }
            try await rig.time.sleep(for: rig.pace.poll)
        }
    }

    /// Of an order that brings traffic home within `limit`.
    func homeWait(
        _ order: Order, within limit: Duration, _ tell: @escaping @Sendable (Fact) -> Void
    ) -> HomeWait {
        let reserve = order.id.course == .home ? HomeWait.reserve : rig.pace.poll * 3
        return HomeWait(
            id: order.id, end: bridge.state.legEntered + limit - min(reserve, limit / 2),
            tell: tell)
    }
}
