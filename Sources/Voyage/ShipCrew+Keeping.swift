internal import CanaryEngine
internal import IstioRoutes
internal import KubernetesAPI
internal import Timekeeping
internal import Workloads

/// From the moment at which all traffic is home until the candidate's pods are gone: it stays home.
extension ShipCrew {
    /// Does `work`, and every few seconds leads home again whom others led away meanwhile.
    ///
    /// `work` hears what one look found before it began. `isPinned`: the run had pinned its routes, be
    /// there pods of the candidate or not.
    func keepingHome<Value: Sendable>(
        isPinned: Bool = false, _ tell: @escaping @Sendable (Fact) -> Void,
        _ work: @escaping @Sendable (_ said: [String]) async throws -> Value
    ) async throws -> Value {
        // Before the pins nothing is ours to keep, and after the pods nobody can be led to them.
        guard isGoingHome, try await candidateHasPods() else {
            return try await work(try await mend(isPinned: isPinned))
        }
        var memory = HomeMemory()
        let upheld = try await unhindered { try await upholdStable() }
        let said = try await upheld + leadHome(&memory, tell)
        let known = memory
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work(said) }
            group.addTask {
                var memory = known
                var told = upheld
                while true {
                    try await rig.time.sleep(for: memory.rest(rig.pace.watch))
                    _ = try await leadHome(&memory, tell)
                    // They stay home only where stable has pods.
                    let news = try await unhindered { try await upholdStable() }
                    for said in news where !told.contains(said) { tell(.noticed(said)) }
                    told += news
                }
            }
            defer { group.cancelAll() }
            while let done = try await group.next() {
                if let done { return done }
            }
            throw CancellationError()
        }
    }

    /// The candidate's pods go only while no route gives them anything, and proxies have heard of it.
    ///
    /// A route that names nobody finds stable's alone then. Where somebody fights for another one the
    /// pods stay.
    func removeFromHome(_ tell: @escaping @Sendable (Fact) -> Void) async throws -> String {
        var memory = HomeMemory()
        if try await candidateHasPods(), try await !leadHome(&memory, tell).isEmpty {
            try await rig.time.sleep(for: limits.settle)
        }
        try await router.requireCandidateUnnamed()
        return try await keepingHome(tell) { _ in
            ending(try await keeper.removeCandidate(patience: endPatience))
        }
    }

    /// The candidate's pods are gone: whoever was led to its subset since finds nobody.
    func removeSubsetFromHome(_ tell: @escaping @Sendable (Fact) -> Void) async throws {
        do {
            try await router.removeCandidateSubset()
        } catch let setback as Setback where setback.kind == .fault {
            var memory = HomeMemory()
            _ = try await leadHome(&memory, tell)
            try await router.removeCandidateSubset()
        }
    }

    /// Closing has legs of the way home too, and there users are with the candidate for good.
    var isGoingHome: Bool {
        if case .returning = bridge.state.course { charter.removal == nil } else { false }
    }

    /// One look; a sentence for each thing that others had moved.
    ///
    /// Nobody is led from a version that answers to one that does not: somebody may have meant just that.
    private func leadHome(
        _ memory: inout HomeMemory, _ tell: @Sendable (Fact) -> Void
    ) async throws -> [String] {
        guard isGoingHome else { return [] }
        do {
            let report = try await router.sendHome(share: .none) {
                guard let stable = charter.stable?.deployment else { return }
                guard try await readyPods(of: stable) > 0 else {
                    throw Setback(.stableUnfit, "stable \(stable) has no ready pod")
                }
            }
            for news in memory.news(report.sentences) { tell(.noticed(news)) }
            return report.sentences
        } catch let error as CancellationError {
            throw error
        } catch {
            guard let why = setback(error) else { throw error }
            if let news = memory.news(ofFailure: why.reason) { tell(.noticed(news)) }
            return [why.reason]
        }
    }
}

/// What was said already of routes that others move while a run goes home, and how often they did.
struct HomeMemory: Sendable {
    private var told: [String] = []
    private var times = 0

    /// What must be told of a look.
    mutating func news(_ said: [String]) -> [String] {
        guard !said.isEmpty else { return [] }
        times += 1
        let new = said.filter { !told.contains($0) }
        told += new
        var news = new.map { "users were led away from home; put right: \($0)" }
        if times == Self.fight {
            news.append("users are led away from home again and again: \(said[0])")
        }
        return news
    }

    mutating func news(ofFailure why: String) -> String? {
        times += 1
        guard !told.contains(why) else { return nil }
        told.append(why)
        return "users may be away from home, and nobody could look or put it right: \(why)"
    }

    /// So often it is a fight: it is told once more, and fought at longer and longer intervals.
    private static let fight = 3

    /// The rest before the next look.
    func rest(_ usual: Duration) -> Duration {
        usual * (1 << min(max(0, times - Self.fight), 3))
    }
}
