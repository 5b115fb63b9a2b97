internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// How pods are waited for.
package struct ReadyTerms: Sendable {
    /// So long they must have been ready in a row.
    package var steady = Duration.zero
    /// After so long nobody waits on; nil: when it is called off.
    package var patience: Duration?
    /// What pods that do not come up wrote last is read.
    package var readsLogs = false
    /// Hears what keeps the pods from being ready, each thing once.
    package var hear: @Sendable (String) -> Void = { _ in }

    package init() {}

    /// So many obstacles are told; after that only the end is.
    fileprivate static let mostTold = 5
}

/// A Deployment and its pods, as one look found them.
struct Sight: Sendable {
    let deployment: KubernetesObject
    let pods: [KubernetesObject]
    /// Beside the candidate's own pods: what the mesh cannot tell from them.
    var strangers: [KubernetesObject] = []
    /// Stable's pods that are not on their way out; nil where the look did not show them.
    var stablePods: Int?

    var readyPods: Int { pods.count(where: \.isReadyPod) }

    func readiness(atLeast: Int?) -> Readiness {
        Readiness(of: deployment, pods: pods, atLeast: atLeast)
    }
}

extension WorkloadKeeper {
    /// Looks until the Deployment's pods are ready in three looks one after the other, and for as
    /// long as the terms say.
    ///
    /// `atLeast` nil: as many as it asks for, and at least one.
    package func awaitReady(
        _ deployment: String, atLeast: Int? = nil, _ terms: ReadyTerms = ReadyTerms()
    ) async throws -> Readiness {
        try await watchingPods(of: try await known(deployment)) { bell in
            try await awaitReady(deployment, atLeast: atLeast, terms, bell).readiness
        }
    }

    /// The same for the candidate; the last look also tells what it consists of.
    package func awaitCandidate(_ terms: ReadyTerms) async throws
        -> (readiness: Readiness, look: CandidateLook)
    {
        let name = scope.candidateName
        let last = try await watchingPods(of: scope.candidate) { bell in
            try await awaitReady(name, atLeast: nil, terms, bell)
        }
        return (last.readiness, try await look(at: last.sight))
    }

    private func awaitReady(
        _ deployment: String, atLeast: Int?, _ terms: ReadyTerms, _ bell: Doorbell
    ) async throws -> (readiness: Readiness, sight: Sight) {
        var steadiness = Steadiness()
        var since: Duration?
        var told: [String] = []
        let begin = time.now
        while true {
            let sight = try await sight(of: deployment)
            let readiness = sight?.readiness(atLeast: atLeast)
            if readiness?.breakage != nil {
                throw await setback(deployment, readiness, terms, isLate: false)
            }
            let isReady = readiness?.isReady ?? false
            since = isReady ? since ?? time.now : nil
            if steadiness.hears(isReady), let sight, let readiness, let since,
                time.now - since >= terms.steady
            {
                return (readiness, sight)
            }
            if let obstacle = readiness?.obstacle, !told.contains(obstacle),
                told.count < ReadyTerms.mostTold
            {
                told.append(obstacle)
                terms.hear("\(deployment) waits: \(obstacle)")
            }
            let left = terms.patience.map { $0 - (time.now - begin) }
            if let left, left <= .zero {
                throw await setback(deployment, readiness, terms, isLate: true)
            }
            let isShort = readiness.map { $0.ready < $0.wanted } ?? false
            try await rest(bell, pods: isShort, atMost: left)
        }
    }

    /// Looks until so many pods are ready in three looks one after the other; how many there are.
    package func awaitCapacity(
        _ deployment: String, _ needed: Int, _ terms: ReadyTerms = ReadyTerms()
    ) async throws -> Int {
        try await watchingPods(of: try await known(deployment)) { bell in
            try await awaitCapacity(deployment, needed, terms, bell)?.readyPods ?? 0
        }
    }

    /// The same for the candidate; the last look also tells what it consists of, nil where it is
    /// gone.
    package func awaitCandidate(capacity needed: Int, _ terms: ReadyTerms) async throws
        -> (ready: Int, look: CandidateLook?)
    {
        let name = scope.candidateName
        let last = try await watchingPods(of: scope.candidate) { bell in
            try await awaitCapacity(name, needed, terms, bell)
        }
        guard let last else { return (0, nil) }
        return (last.readyPods, try await look(at: last))
    }

    private func awaitCapacity(
        _ deployment: String, _ needed: Int, _ terms: ReadyTerms, _ bell: Doorbell
    ) async throws -> Sight? {
        var steadiness = Steadiness()
        let begin = time.now
        while true {
            let sight = try await sight(of: deployment)
            let readiness = sight?.readiness(atLeast: needed)
            // A version that serves enough is not broken by one pod that does not start.
            let isShort = (readiness?.ready ?? 0) < needed
            if isShort, deployment == scope.candidateName, readiness?.breakage != nil {
                throw await setback(deployment, readiness, terms, isLate: false)
            }
            let ready = readiness?.ready ?? 0
            if steadiness.hears(ready >= needed) { return sight }
            let left = terms.patience.map { $0 - (time.now - begin) }
            if let left, left <= .zero {
                throw await setback(deployment, readiness, terms, isLate: true)
            }
            try await rest(bell, pods: isShort, atMost: left)
        }
    }

    /// What keeps a Deployment from having so many ready pods; nil where nothing is known of it.
    package func obstacle(of deployment: String, atLeast wanted: Int) async throws -> String? {
        guard let sight = try await sight(of: deployment) else {
            return "there is no Deployment \(deployment)"
        }
        let readiness = sight.readiness(atLeast: wanted)
        return readiness.breakage ?? readiness.obstacle
    }

    /// One look at the candidate, and at stable's pods where one list of the Service's shows both.
    func sightOfBoth() async throws -> Sight? {
        guard let stable = scope.stable, let finder = candidateFinder,
            let service = scope.serviceSelector,
            !service.equalities.contains(where: { $0.0 == scope.versionLabel })
        else { return try await sight(of: scope.candidateName) }
        guard let deployment = try await get(.deployment, scope.candidateName) else { return nil }
        let all = try await pods(service)
        let found = all.filter { finder.matches($0.tree.at("metadata", "labels")) }
        return Sight(
            deployment: deployment, pods: own(found, of: deployment),
            strangers: strangers(in: found),
            stablePods: all.count { $0.mayServe && $0.isPod(ofDeployment: stable) })
    }

    /// One look; nil where there is no such Deployment.
    func sight(of name: String) async throws -> Sight? {
        guard let deployment = try await get(.deployment, name) else { return nil }
        guard name == scope.candidateName, let finder = candidateFinder else {
            return Sight(deployment: deployment, pods: try await pods(of: deployment))
        }
        let found = try await pods(finder)
        return Sight(
            deployment: deployment, pods: own(found, of: deployment),
            strangers: strangers(in: found))
    }

    /// By which labels the mesh finds the candidate; as far as is known: those of its selector.
    private var candidateFinder: LabelSelector? {
        guard !scope.isRemoval, let version = scope.candidateVersion else { return nil }
        return scope.finder(scope.serviceSelector ?? scope.candidate.podSelector, version)
    }

    private func strangers(in pods: [KubernetesObject]) -> [KubernetesObject] {
        pods.filter { $0.mayServe && !$0.isPod(ofDeployment: scope.candidateName) }
    }

    /// What has the candidate's labels and is not the candidate's.
    func candidateStrangers() async throws -> [Stranger] {
        guard let finder = candidateFinder else { return [] }
        return strangers(in: try await pods(finder)).map(Stranger.init(pod:))
    }

    private func setback(
        _ deployment: String, _ readiness: Readiness?, _ terms: ReadyTerms, isLate: Bool
    ) async -> Setback {
        await tellLog(of: readiness, terms)
        let isCandidate = deployment == scope.candidateName
        let who = isCandidate ? "the candidate" : "stable"
        guard isLate else {
            return Setback(
                isCandidate ? .candidateBroken : .stableUnfit,
                "\(who) does not come up: \(readiness?.breakage ?? "")")
        }
        let counts = readiness.map { "\($0.ready) of \($0.wanted) pods are ready" }
        let what = readiness?.obstacle ?? counts ?? "there is no Deployment \(deployment)"
        return Setback(.deadline, "\(who) was not ready in time: \(what)")
    }

    /// Tells what the container wrote last that keeps its pod from being ready.
    ///
    /// Tried once, and never a reason to fail: the log is for people.
    package func tellLog(of readiness: Readiness?, _ terms: ReadyTerms) async {
        guard terms.readsLogs, let culprit = readiness?.culprit else { return }
        let who = "pod \(culprit.pod), container \(culprit.container)"
        do throws(KubernetesError) {
            let bytes = try await writer.client.log(
                of: scope.reference(.pod, culprit.pod), container: culprit.container,
                previous: culprit.hasRestarted, lines: LogLines.most)
            let lines = LogLines.shown(bytes)
            guard !lines.isEmpty else { return }
            terms.hear("\(who) wrote last:" + lines.map { "\n    \($0)" }.joined())
        } catch {
            if error.code == .forbidden { terms.hear("\(who): its log may not be read (pods/log)") }
        }
    }
}
