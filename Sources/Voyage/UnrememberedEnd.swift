internal import CanaryEngine
package import IstioRoutes
package import KubernetesAPI
package import Manifests
internal import Timekeeping
internal import Workloads

/// The end of a run that no journal remembers: its traffic home, and as much of it undone as its marks
/// tell.
///
/// Pods are left to people: nothing in the cluster says whether the run made them. As long as they stand
/// the routes stay pinned to stable, since a route without a version would lead users to them.
package struct UnrememberedEnd: Sendable {
    private let client: KubernetesClient
    private let pace: Pace
    private let holder: String

    /// How the target stands then.
    package enum Rest: Hashable, Sendable {
        /// As before the run, but for what is told.
        case undone
        /// Users are on stable; these must go before the routes can be as they were.
        case objects([ObjectReference])
        /// Traffic is where it was, or in part: what was done says why.
        case traffic
        /// It was decided already; only the marks are gone.
        case promoted
        /// Somebody drives the run by another journal, and was told by its lease.
        case driven
    }

    package init(client: KubernetesClient, holder: String, pace: Pace) {
        self.client = client
        self.holder = holder
        self.pace = pace
    }

    /// Brings the run's traffic home at once, then takes its lease and what it left; a sentence for each
    /// thing done.
    ///
    /// Can be done again, and goes on where it stopped.
    package func carryOut(_ mark: RouteMark, by person: String) async throws -> (
        done: [String], rest: Rest
    ) {
        let home = UnrememberedHome(
            client: client, namespace: mark.namespace, service: mark.service)
        let lease = TargetLease(
            client: client, namespace: mark.namespace, service: mark.service, run: mark.run,
            holder: holder, pace: pace)
        if try await lease.owner() == mark.run { try await lease.leaveAbort(by: person) }
        var done = try await home.bring(run: mark.run)
        let place = "\(mark.namespace)/\(mark.service)"
        switch try await lease.take() {
        case .taken: break
        case .alive(mark.run): return (done, .driven)
        case .alive(let other): throw VoyageError(.held(by: other, isAlive: true), place: place)
        case .orphaned(let other):
            throw VoyageError(.held(by: other, isAlive: false), place: place)
        }
        do {
            let rest = try await tidy(mark.run, home, &done)
            await lease.release(ended: true)
            return (done, rest)
        } catch {
            await lease.release(ended: true)
            throw error
        }
    }

    /// Under the highest epoch that the run had, and one more: whoever had it writes no more.
    private func tidy(_ run: String, _ home: UnrememberedHome, _ done: inout [String])
        async throws -> Rest
    {
        let all = try await IstioRouter.marks(client, orIn: home.namespace)
        guard let mark = all.first(where: { $0.run == run }) else { return .undone }
        let seal = WriteSeal(run: run, epoch: mark.seal.epoch + 1, head: mark.seal.head)
        let writer = SealedWriter(client: client, time: client.time, seal: { seal })
        let router = IstioRouter(scope: mark.scope, writer: writer)
        let labels = try await candidateLabels(mark, home)
        let marked = try await MarkedObjects(
            of: run, labelled: labels, in: home.namespace, client)
        if mark.isPromoted {
            try await router.tidy()
            try await unseal(mark.objects + marked.standing + marked.candidates, writer)
            return .promoted
        }
        if mark.share > .none { return .traffic }
        if mark.record != nil, labels.isEmpty {
            done.append("nothing says any more which pods are the candidate's")
            return .traffic
        }
        try await router.removeDarkRoute()
        var left = marked.candidates
        if left.isEmpty, !labels.isEmpty {
            left = try await podsLeft(labels, home)
        }
        guard left.isEmpty else { return .objects(left) }
        try await router.unpin(backup: [])
        // A subset goes once the mesh has heard that no route names it.
        try await client.time.sleep(for: Self.settling)
        try await router.tidyHome()
        try await unseal(mark.objects + marked.standing, writer)
        for watch in marked.guards { try await writer.remove(watch) { $0.seal?.run == run } }
        done += marked.bounds
        return .undone
    }

    private static let settling = Duration.seconds(10)

    /// The candidate's pods that stay, once those that are ending have ended: as long as most of them are
    /// given for it.
    private func podsLeft(_ labels: [(String, String)], _ home: UnrememberedHome) async throws
        -> [ObjectReference]
    {
        let begin = client.time.now
        while true {
            let pods = try await home.pods(labelled: labels)
            let patience = pods.contains(where: \.isBeingDeleted) ? Self.ending : Self.collecting
            if pods.isEmpty || client.time.now - begin >= patience {
                return pods.map { ObjectReference(.pod, namespace: $0.namespace, name: $0.name) }
            }
            try await client.time.sleep(for: pace.poll)
        }
    }

    private static let ending = Duration.seconds(60)
    /// Pods whose Deployment was just removed are told to end a moment later.
    private static let collecting = Duration.seconds(3)

    private func unseal(_ references: [ObjectReference], _ writer: SealedWriter) async throws {
        for reference in references { try await writer.unseal(reference) }
    }

    private func candidateLabels(_ mark: RouteMark, _ home: UnrememberedHome) async throws -> [(
        String, String
    )] {
        guard let record = mark.record else { return [] }
        return try await home.labels(
            of: record.candidate, home.rules(of: record), noted: record.labels?.candidate)
    }
}
