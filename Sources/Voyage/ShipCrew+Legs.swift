internal import CanaryEngine
internal import FlowFiles
internal import IstioRoutes
internal import MetricsGate
internal import Synchronization
internal import TestHooks
internal import Timekeeping
internal import Workloads

extension ShipCrew {
    /// Carries one leg out, and says what came of it.
    ///
    /// Safe to begin again.
    func fact(
        of leg: Leg, _ order: Order, _ tell: @escaping @Sendable (Fact) -> Void
    ) async throws -> Fact {
        let id = order.id
        if charter.removal != nil, let fact = try await removalFact(of: leg, id, tell) {
            return fact
        }
        switch leg {
        case .backUp:
            return .backedUp(id, try await backUp())
        case .observe(let weight):
            return try await observe(weight, id)
        case .seeHome:
            return try await keepingHome(isPinned: true, tell) { _ in
                try await observe(.none, id)
            }
        case .seeDark:
            return try await seeDark(id)
        case .judge(let gate):
            return try await judge(gate, id, tell)
        case .awaitReady(let deadline):
            return try await recognise(id, within: deadline, tell)
        case .reach(let deadline, let every):
            let finding = try await reach(deadline: deadline, every: every)
            return finding.reached
                ? .done(id, note: finding.sentence)
                : .failed(id, Setback(.unreachable, finding.sentence))
        case .goHome, .removeDarkRoute, .drainCandidate, .removeCandidate,
            .removeCandidateSubset, .unpin, .restoreStable, .verifyHome:
            return .done(id, note: try await goBack(leg, order, tell))
        case .postGuard:
            return .done(id, note: try await RunGuard(charter, writer).post())
        case .dismissGuard:
            // Whoever took the run in between has put our marks on everything once more.
            let note = try await tidy(id)
            try await RunGuard(charter, writer).dismiss(
                lookingAgainAfter: id.course == .home ? [rig.pace.poll * 2, rig.pace.poll * 4] : [])
            return .done(id, note: note)
        case .dropStableRoute, .drainStable, .removeStable, .removeStableSubset:
            return .done(id, note: try await retire(leg, order, tell))
        case .tidy:
            return .done(id, note: try await tidy(id))
        default:
            return .done(id, note: try await goForward(leg, order, tell))
        }
    }

    // MARK: Forward

    private func goForward(
        _ leg: Leg, _ order: Order, _ tell: @escaping @Sendable (Fact) -> Void
    ) async throws -> String {
        let candidate = charter.candidate.deployment
        switch leg {
        case .holdStable:
            try await claimAll()
            try await keeper.holdStable(minimum: stableReady)
            return "stable is held at \(stableReady) pods"
        case .pinSubset:
            try await router.ensureStableSubset()
        case .pinRoutes:
            try await router.pin()
        case .applyCandidate:
            try await keeper.applyCandidate()
            // Without a step for it, the manifest's own autoscaler comes with the rest.
            if !flow.plan.steps.contains(.autoscale), keeper.scope.ownAutoscaler != nil {
                try await keeper.giveAutoscaler()
            }
            return "\(candidate) applied"
        case .addCandidateSubset:
            try await router.addCandidateSubset()
        case .addDarkRoute:
            try await router.addDarkRoute()
        case .mirror(let part):
            let ready = try await carrying(part) { try await router.mirror(part, while: $0) }
            return "\(part.percent)% copied to \(ready) ready pods"
        case .stick(let stickiness):
            try await router.stick(stickiness)
        case .autoscale:
            try await keeper.giveAutoscaler()
        case .prepare(let weight):
            if weight == .all { try await requireStableLeft() }
            // A holder that could remember nothing any more may have brought everybody home.
            if bridge.state.weight > .none { try await requireWritten() }
            let scalers = try await keeper.scalers()
            try await requireStable(scalers)
            if try await hasGivenAutoscaler(atStep: order.id.step) {
                let moved = try keeper.requireAutoscaler(scalers)
                if let moved, bridge.state.weight == .all { tell(.noticed(moved)) }
            }
            let needed = Capacity.floor(for: weight, stableReady: stableReady)
            try await keeper.raiseFloor(candidate, to: needed, scalers)
            let (ready, look) = try await keeper.awaitCandidate(
                capacity: needed, readyTerms(tell, within: limits.capacity))
            try requireJudged(look)
            return "\(ready) pods of \(candidate) are ready, \(needed) are needed"
        case .shift(let weight):
            return try await shift(to: weight, step: order.id.step)
        case .rehearseHome(let within):
            let begin = rig.time.now
            try await bringHome(homeWait(order, within: within, tell))
            return "home in \((rig.time.now - begin).inMilliseconds) ms"
        case .writeBack:
            return try await writeBack()
        case .awaitWrittenBack:
            return try await awaitWrittenBack()
        case .shrink(let minimum):
            try await keeper.shrinkStable(minimum: minimum)
        case .awaitShrunk:
            guard case .shrink(let minimum) = flow.plan.steps[order.id.step] else { break }
            try await keeper.awaitShrunk(minimum: minimum)
            return "stable has \(minimum) pods"
        default:
            break  // legs that only wait have no order of their own
        }
        return ""
    }

    /// Whether an autoscaler came with the candidate, or by a step before this one.
    private func hasGivenAutoscaler(atStep step: Int) async throws -> Bool {
        let steps = flow.plan.steps
        let isGiven =
            steps.prefix(step).contains(.autoscale)
            || keeper.scope.ownAutoscaler != nil && !steps.contains(.autoscale)
        guard isGiven, keeper.scope.ownAutoscaler == nil else { return isGiven }
        // One like stable's, where stable has one.
        return try await copies().workloads.autoscaler != nil
    }

    /// Waits for the candidate's pods, and takes down what they consist of.
    private func recognise(
        _ id: OrderID, within deadline: Duration, _ tell: @escaping @Sendable (Fact) -> Void
    ) async throws -> Fact {
        let candidate = charter.candidate.deployment
        let terms = readyTerms(tell, within: deadline)
        let (readiness, look) = try await keeper.awaitCandidate(terms)
        try requireSame(look)
        return .recognised(
            id, look.likeness, note: "\(readiness.ready) pods of \(candidate) are ready")
    }

    /// Ends a little before the machine's own deadline would, so that the reason can be told.
    func readyTerms(
        _ tell: @escaping @Sendable (Fact) -> Void, within limit: Duration? = nil
    ) -> ReadyTerms {
        var terms = ReadyTerms()
        terms.steady = limits.ready
        terms.readsLogs = flow.readsPodLogs
        terms.hear = { tell(.noticed($0)) }
        if let limit {
            let rest = limit - (bridge.clock - bridge.state.legEntered) - rig.pace.poll * 3
            terms.patience = rest > .zero ? rest : nil
        }
        return terms
    }

    /// What is promoted is what was judged.
    private func requireJudged(_ look: CandidateLook?) throws {
        guard let look else {
            throw Setback(.candidateBroken, "the candidate's Deployment is gone")
        }
        try requireSame(look)
    }

    /// Throws where the candidate is not what was judged, or before that, what was applied.
    private func requireSame(_ look: CandidateLook) throws {
        if let difference = look.difference(from: bridge.state.likeness) {
            throw Setback(.foreignEdit, difference)
        }
    }

    var stableReady: Int { bridge.state.backup?.stableReady ?? 0 }

    /// Never more than the candidate's ready pods carry right now, users who stay included: counted
    /// anew ahead of every attempt to write, since the API server may keep us waiting in between.
    private func shift(to weight: TrafficWeight, step: Int) async throws -> String {
        let load = flow.plan.load(of: weight, atStep: step)
        let expected = weightBefore(step: step)
        let ready = try await carrying(load) {
            try await router.shift(to: weight, expecting: expected, while: $0)
        }
        return "\(weight.percent)% with \(ready) ready pods"
    }

    /// Does `write`, which asks ahead of every attempt whether the candidate carries so much; how
    /// many ready pods it had then.
    private func carrying(
        _ weight: TrafficWeight,
        _ write: (@escaping @Sendable () async throws -> Void) async throws -> Void
    ) async throws -> Int {
        let counted = Mutex<Int?>(nil)
        try await write {
            let ready = try await requireCarried(weight)
            counted.withLock { $0 = ready }
        }
        // It stood there already, and nobody has counted.
        if let ready = counted.withLock({ $0 }) { return ready }
        return try await requireCarried(weight)
    }

    /// The candidate's ready pods; throws where they are too few for the weight.
    private func requireCarried(_ weight: TrafficWeight) async throws -> Int {
        let ready = try await keeper.readyPods(ofDeployment: charter.candidate.deployment)
        let carried = Capacity.carry(ready: ready, ofStableReady: stableReady)
        guard ready > 0, carried >= weight.percent else {
            throw Setback(
                .candidateBroken,
                "\(ready) ready pods of the candidate carry \(carried)%, not \(weight.percent)%")
        }
        return ready
    }

    /// The share that the steps before this one left the candidate with.
    func weightBefore(step: Int) -> TrafficWeight {
        for earlier in flow.plan.steps.prefix(step).reversed() {
            switch earlier {
            case .weight(let weight): return weight
            case .drill: return .none
            default: continue
            }
        }
        return .none
    }

    private func reach(deadline: Duration, every: Duration) async throws -> Reach.Finding {
        try await Reach(transport: rig.outside, time: rig.time).reach(
            testContext(phase: "reach", key: "", baseline: nil), every: every, deadline: deadline)
    }

    // MARK: Home

    private func goBack(
        _ leg: Leg, _ order: Order, _ tell: @escaping @Sendable (Fact) -> Void
    ) async throws -> String {
        switch leg {
        case .goHome:
            return try await bringHome(homeWait(order, within: limits.home, tell))
        case .removeDarkRoute:
            return try await keepingHome(isPinned: true, tell) { said in
                try await router.removeDarkRoute()
                return said.joined(separator: "; ")
            }
        case .drainCandidate:
            return try await keepingHome(tell) { said in
                let drained = try await drain(charter.candidate.deployment, gateScope.candidate)
                return (said + [drained]).joined(separator: "; ")
            }
        case .removeCandidate:
            return try await removeFromHome(tell)
        case .removeCandidateSubset:
            try await removeSubsetFromHome(tell)
        case .unpin:
            try await router.unpin(backup: try await copies().routes)
        case .restoreStable:
            let upheld = try await upholdStable()
            try await keeper.restoreStable(try await copies().workloads)
            return upheld.joined(separator: "; ")
        case .verifyHome:
            return try await verifyHome()
        default:
            break
        }
        return ""
    }

    func sentence(_ report: HomeReport) -> String {
        let said = report.sentences
        if said.isEmpty { return "all traffic is home" }
        let home = report.missing.isEmpty ? "all is home" : "home, but for what is not there"
        return "\(home); " + said.joined(separator: "; ")
    }

    private func verifyHome() async throws -> String {
        let copies = try await copies()
        let routes = try await router.verifyHome(backup: copies.routes)
        // Users' way to the service: without it nothing is as before.
        if let lost = routes.first(where: { $0.hasSuffix(" is gone") }) {
            throw Setback(
                .foreignEdit,
                "\(lost): somebody deleted it when users were home; create it again as its source has"
                    + " it, then resume the run")
        }
        let differences = try await routes + keeper.verify(copies.workloads)
        let ours = differences.filter { $0.contains("still carries our marks") }
        guard ours.isEmpty else { throw Setback(.fault, ours.joined(separator: "; ")) }
        return differences.isEmpty ? "all is as before" : differences.joined(separator: "; ")
    }

    // MARK: Closing

    private func retire(
        _ leg: Leg, _ order: Order, _ tell: @escaping @Sendable (Fact) -> Void
    ) async throws -> String {
        let carried = { @Sendable in try await awaitCarried(order, tell) }
        switch leg {
        case .dropStableRoute:
            try await router.dropStable(while: carried)
        case .drainStable:
            guard let stable = charter.stable else { break }
            return try await drain(stable.deployment, gateScope.stable)
        case .removeStable:
            if try await isStableKept() { return "stable is kept: a GitOps tool owns it" }
            try await router.requireStableUnnamed()
            return ending(
                try await keeper.removeStable(
                    try await copies().workloads, patience: endPatience, while: carried))
        case .removeStableSubset:
            try await router.removeStableSubset(onlyOwn: flow.keepsGitOps)
        default:
            break
        }
        return ""
    }

    private func tidy(_ id: OrderID) async throws -> String {
        if charter.removal != nil, id.course == .closing { return try await tidyRemoval() }
        if flow.hasJobs, charter.removal == nil { try await jobs.clear() }
        if id.course == .home {
            try await router.tidyHome()
        } else {
            try await router.tidy()
            let workloads = try await copies().workloads
            try await keeper.releaseFloor(workloads)
            // A stable that stays is as large as it was.
            if flow.keepsGitOps || !flow.plan.steps.contains(.retire) {
                try await keeper.restoreStable(workloads)
            }
        }
        try await keeper.unsealAll()
        return ""
    }
}

extension Duration {
    var inMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
