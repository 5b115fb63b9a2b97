internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import IstioRoutes
internal import KubernetesAPI
internal import MetricsGate
internal import MetricsSources
internal import TestHooks
internal import Timekeeping
internal import Workloads

extension ShipCrew {
    // MARK: The mesh

    /// Looks until the mesh shows the weight; without metrics the settling time must do.
    func observe(_ weight: TrafficWeight, _ id: OrderID) async throws -> Fact {
        try await rig.time.sleep(for: limits.settle)
        guard !flow.trustsWeights, let source = prometheus else {
            return .observed(id, seen: false, note: "trusted: nothing was looked at")
        }
        let observer = ShareObserver(source: source, scope: gateScope)
        let begin = rig.time.now
        let pools = try await pools()
        let old = oldShare(weight, id, pools)
        let new = WeightPool.share(at: weight, in: pools)
        while true {
            let window = GateWindow(sinceEffect: rig.time.now - begin)
            switch await observer.seen(old: old, new: new, window: window) {
            case .seen(let share, let requests):
                return .observed(
                    id, seen: true,
                    note: "\(Self.percent(share)) of \(requests) requests met the candidate")
            case .notYet, .blind:
                try await rig.time.sleep(for: max(rig.pace.poll, flow.scrape / 2))
            }
        }
    }

    /// Before the candidate has users: whoever meets it while our own tests rest has lost the way.
    ///
    /// Where the metrics show nothing, the note says that nobody looked.
    func seeDark(_ id: OrderID) async throws -> Fact {
        guard let source = prometheus else {
            return .done(id, note: "nobody looked who meets it: the flow names no Prometheus")
        }
        let check = LeakCheck(source: source, scope: gateScope)
        // What our tests sent may show up at the next scrape; the window begins behind it.
        let begin = rig.time.now + flow.scrape
        try await rig.time.sleep(for: flow.scrape * 3)
        var said = ""
        for _ in 0..<3 {
            let window = rig.time.now - begin
            switch await check.look(over: window, visitors: flow.darkVisitors) {
            case .dark:
                return .done(
                    id, note: "nobody met the candidate in \(window.inMilliseconds / 1000) s")
            case .leaks(let leaks):
                let senders = leaks.map(\.description).joined(separator: ", ")
                let met = "the candidate is not dark: it met \(senders)"
                if let edit = await foreignEdit() {
                    return .failed(id, Setback(.foreignEdit, "\(met); \(edit)"))
                }
                return .failed(
                    id,
                    Setback(
                        .unreachable, "\(met); if these may come, add them to dark.visitors"))
            case .blind(let reason): said = reason
            }
            try await rig.time.sleep(for: flow.scrape)
        }
        return .done(id, note: "nobody could look who meets it: \(said)")
    }

    /// Who undid our routes, where somebody did; nil also where the API server will not say.
    private func foreignEdit() async -> String? {
        do {
            try await requireWritten()
            return nil
        } catch let setback as Setback where setback.kind == .foreignEdit {
            return setback.reason
        } catch {
            return nil
        }
    }

    private func oldShare(
        _ weight: TrafficWeight, _ id: OrderID, _ pools: [WeightPool]
    ) -> Double {
        guard weight > .none else {
            return max(0.01, WeightPool.share(at: bridge.state.weight, in: pools))
        }
        return WeightPool.share(at: weightBefore(step: id.step), in: pools)
    }

    /// None where the API server will not say: on the way home percents must do.
    private func pools() async throws -> [WeightPool] {
        do {
            return try await router.pools()
        } catch is KubernetesError {
            return []
        }
    }

    static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10)%"
    }

    var prometheus: PrometheusSource? { rig.prometheus(of: flow) }

    var gateScope: GateScope { charter.gateScope }

    // MARK: Gates

    /// Since the weight took effect, cleaned of what our own tests sent.
    ///
    /// Begins a scrape after the last test that ended before this leg: what it sent falls between
    /// two scrapes at the window's edge, where nobody can tell whether it was counted.
    private var window: GateWindow {
        let state = bridge.state
        let now = bridge.clock
        let earlier = state.ownRuns.filter { $0.end <= state.legEntered }
        let start = earlier.reduce(state.weightSince ?? now) { max($0, $1.end + flow.scrape) }
        let spells = state.ownRuns.filter { $0.end > start - flow.scrape }
        return GateWindow(
            sinceEffect: now - start,
            own: spells.map {
                OwnSpell($0.traffic, began: now - $0.start, ended: now - $0.end)
            } + uncounted(state, now))
    }

    private func uncounted(_ state: RunState, _ now: Duration) -> [OwnSpell] {
        underWay.uncounted { state.isListening(for: $0, flow.plan) }.map {
            OwnSpell(.unknown, began: now - $0.began, ended: $0.ended.map { now - $0 } ?? .zero)
        }
    }

    private func judgement(on gate: GateSpec) async -> MetricsJudge.Judgement {
        let judge = MetricsJudge(
            source: prometheus, others: rig.otherSources(of: flow), scope: gateScope,
            share: WeightPool.share(at: bridge.state.weight, in: []))
        return await judge.judgement(on: gate, window: window)
    }

    /// Tells every verdict, until it is called off.
    func watch(
        _ gate: String, _ id: OrderID, _ tell: @Sendable (Fact) -> Void
    ) async throws {
        try await look(at: gate, id, tell) { _ in false }
    }

    /// Asks until there is evidence; the leg's deadline ends it.
    func judge(
        _ gate: String, _ id: OrderID, _ tell: @Sendable (Fact) -> Void
    ) async throws -> Fact {
        .judged(
            id, gate: gate,
            try await look(at: gate, id, tell) { $0.ruling != .notEnough })
    }

    /// Looks again and again, and tells what it sees, until a verdict is the last one.
    @discardableResult
    private func look(
        at name: String, _ id: OrderID, _ tell: @Sendable (Fact) -> Void,
        until isLast: (Verdict) -> Bool
    ) async throws -> Verdict {
        guard let gate = flow.gates.first(where: { $0.name == name }) else {
            throw Setback(.fault, "the flow has no gate \(name)")
        }
        var memory = VerdictMemory(gate)
        while true {
            let judgement = await judgement(on: gate)
            try Task.checkCancellation()
            let verdict = memory.hear(judgement, at: rig.time.now)
            if isLast(verdict) { return verdict }
            tell(.judged(id, gate: name, verdict))
            try requireSource(judgement, memory, gate)
            try await rig.time.sleep(for: gate.every)
        }
    }

    /// A source that errs is no failure of the candidate, but it cannot be waited for without end.
    private func requireSource(
        _ judgement: MetricsJudge.Judgement, _ memory: VerdictMemory, _ gate: GateSpec
    ) throws {
        guard !gate.isWatchOnly, let error = judgement.trouble,
            let length = memory.troubled(at: rig.time.now), length >= limits.metrics
        else { return }
        throw Setback(
            .notEnoughEvidence,
            "gate \(gate.name): its source has erred for \(length.inMilliseconds / 1000) s:"
                + " \(error.reason)")
    }

    // MARK: The candidate

    /// A candidate without a ready pod, or with another weight than ours, ends the way forward.
    ///
    /// Its pods are watched: when one goes, the next look is made at once. In the dark the routes are
    /// looked at alone.
    func watchCandidate(
        _ id: OrderID, _ tell: @escaping @Sendable (Fact) -> Void
    ) async throws {
        if bridge.state.weight == .none { return try await watchRoutes() }
        try await keeper.watchingPods(of: keeper.scope.candidate) { bell in
            try await watchCandidate(id, tell, bell)
        }
    }

    private func watchCandidate(
        _ id: OrderID, _ tell: @escaping @Sendable (Fact) -> Void, _ bell: Doorbell
    ) async throws {
        let pace = rig.pace
        var emptyLooks = 0
        while true {
            let longest = emptyLooks == 0 ? pace.watch : pace.poll
            try await bell.rest(pace.poll, atMost: longest, unwatched: pace.watch)
            let look = try await lookAtCandidate()
            let readiness = look?.readiness
            emptyLooks = (readiness?.ready ?? 0) == 0 ? emptyLooks + 1 : 0
            if emptyLooks >= 2 {
                await keeper.tellLog(of: readiness, readyTerms(tell))
                let why = readiness.flatMap { $0.breakage ?? $0.obstacle }.map { ": \($0)" } ?? ""
                throw Setback(.candidateBroken, "the candidate has no ready pod any more\(why)")
            }
            if let difference = look?.difference(from: bridge.state.likeness) {
                throw Setback(.foreignEdit, difference)
            }
            try await requireWritten()
            try await requireStable(pods: look?.stablePods)
        }
    }
}
