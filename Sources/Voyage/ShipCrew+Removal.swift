internal import CanaryEngine
internal import FlowFiles
internal import IstioRoutes
internal import KubernetesAPI
internal import Manifests
internal import MetricsGate
internal import Workloads

/// The legs that a removal carries out in its own way: the candidate stood before, and goes.
extension ShipCrew {
    /// nil for a leg that is as in any other run.
    func removalFact(
        of leg: Leg, _ id: OrderID, _ tell: @escaping @Sendable (Fact) -> Void
    ) async throws -> Fact? {
        switch leg {
        case .holdStable where charter.stable == nil:
            try await claimAll()
            return .done(id, note: "")
        case .makeWay:
            return .done(id, note: try await makeWay(tell))
        case .goHome:
            return .done(id, note: try await handOver(tell))
        case .removeDarkRoute:
            try await router.removeLeftRoutes()
            return .done(id, note: "")
        case .removeCandidate:
            return .done(id, note: try await removeVersion())
        case .removeCandidateSubset:
            try await router.retireCandidateSubset(onlyOwn: flow.keepsGitOps)
            return .done(id, note: "")
        case .unpin:
            // The record on the routes says how they are to be without the candidate.
            try await router.unpin(backup: [])
            return .done(id, note: "")
        default:
            return nil
        }
    }

    /// The copies of what stays and of what goes, and how many pods have to carry everybody.
    func backUpRemoval() async throws -> WorkloadBackup {
        let look = try await RemovalLook(keeper, router)
        return look.workloads.backup(needed: look.needed)
    }

    /// Looks again, since a while may have gone by: nobody decides on what was so once.
    private func makeWay(_ tell: @escaping @Sendable (Fact) -> Void) async throws -> String {
        let look = try await RemovalLook(keeper, router)
        try look.check(isForced: charter.removal?.isForced == true)
        guard let stable = charter.stable else {
            return look.ways.isEmpty
                ? "nobody uses it, and there is no other version"
                : "there is no other version: users will get errors"
        }
        guard !look.ways.isEmpty else { return "nobody uses it; \(stable.deployment) stays" }
        let ready = try await keeper.makeWay(
            for: look.needed, readyTerms(tell, within: limits.capacity))
        return "\(ready) pods of \(stable.deployment) are ready, \(look.needed) are needed"
    }

    /// Never more than the ready pods carry right now: counted anew ahead of every attempt.
    private func handOver(_ tell: @escaping @Sendable (Fact) -> Void) async throws -> String {
        guard let stable = charter.stable?.deployment else {
            try await router.handOver()
            return "no version is left for users"
        }
        let (keeper, needed) = (self.keeper, stableReady)
        let isUsed = try await !RemovalLook(keeper, router).ways.isEmpty
        if isUsed {
            _ = try await keeper.makeWay(for: needed, readyTerms(tell, within: limits.home))
        }
        try await router.handOver {
            guard isUsed else { return }
            let ready = try await keeper.readyPods(ofDeployment: stable)
            guard ready > 0, Capacity.carry(ready: ready, ofStableReady: needed) >= 100 else {
                throw Setback(
                    .stableUnfit, "\(ready) ready pods of \(stable), where \(needed) are needed")
            }
        }
        return "all traffic is on \(stable)"
    }

    private func removeVersion() async throws -> String {
        try await router.requireCandidateUnnamed()
        let backup = try await copies().workloads
        let left = try await keeper.removeVersion(backup, patience: endPatience)
        let gone = backup.removed.map { "\($0.kind) \($0.name)" }.joined(separator: ", ")
        let removed = gone.isEmpty ? "nothing was left to remove" : "\(gone) removed"
        return left == 0 ? removed : "\(removed); \(ending(left))"
    }

    func tidyRemoval() async throws -> String {
        try await router.tidyRemoval()
        try await keeper.releaseStable(try await copies().workloads)
        try await keeper.unsealAll()
        return ""
    }
}

/// One look at what a removal is about.
struct RemovalLook: Sendable {
    let workloads: RemovalSurvey
    let routes: RouteSurvey
    /// The ways by which users meet the version that is to go.
    let ways: [RouteSurvey.Way]

    init(_ keeper: WorkloadKeeper, _ router: IstioRouter) async throws {
        workloads = try await keeper.surveyRemoval()
        routes = try await router.survey()
        // A subset's weight waits for pods that may come; a shared way leads nowhere without them.
        let pods = workloads.pods
        ways = routes.ways.filter { !$0.isShared || pods > 0 }
    }

    /// How many ready pods carry everybody once the version is gone.
    var needed: Int {
        workloads.needed(
            movesUsers: !ways.isEmpty,
            isSharing: ways.contains { $0.isShared } || routes.isSplit)
    }

    /// Refuses to take a version from its users, unless somebody said so.
    func check(isForced: Bool) throws(RouteRefusal) {
        guard !ways.isEmpty, !isForced else { return }
        let place = "Deployment \(workloads.name)"
        let said = ways.map(\.description)
        throw RouteRefusal(
            workloads.other == nil ? .lastInUse(ways: said) : .inUse(ways: said), at: place)
    }
}
