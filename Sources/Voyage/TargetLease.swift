package import FlowFiles
internal import JSONTree
package import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// The lease on one target: whatever the journals, at most one process drives a run there.
///
/// Its expiry is judged by our own monotonic clock, from the moment at which we last saw it change:
/// the times that stand in it are for people.
package struct TargetLease: Sendable {
    package enum Claim: Hashable, Sendable {
        case taken
        /// Somebody renews it.
        case alive(run: String)
        /// Nobody renewed it for as long as it lasts.
        case orphaned(run: String)
    }

    let client: KubernetesClient
    let reference: ObjectReference
    private let run: String
    private let holder: String
    let pace: Pace

    static let runAnnotation = "theseus.dev/run"
    /// An abort that could not be left in the journal's inbox.
    static let wishAnnotation = "theseus.dev/wish"

    package init(
        client: KubernetesClient, namespace: String, service: String, run: String, holder: String,
        pace: Pace
    ) {
        self.init(
            client: client,
            reference: ObjectReference(.lease, namespace: namespace, name: "theseus-\(service)"),
            run: run, holder: holder, pace: pace)
    }

    private init(
        client: KubernetesClient, reference: ObjectReference, run: String, holder: String,
        pace: Pace
    ) {
        self.client = client
        self.reference = reference
        self.run = run
        self.holder = holder
        self.pace = pace
    }

    // MARK: Taking it

    /// Takes the lease if it is free, ours, or left by a dead holder of the same run; `byForce`
    /// does not wait for the old holder of this run to fall silent.
    ///
    /// An API server that answers, but takes no write, is asked for as long as our patience lasts.
    package func take(byForce: Bool = false, over ended: String? = nil) async throws -> Claim {
        var watched: (version: String, since: Duration)?
        var tries: VainTries?
        while true {
            guard let lease = try await client.patiently({ try await $0.get(reference) }) else {
                if try await wasWritten(&tries, create) { return .taken }
                continue
            }
            let owner = lease.annotation(Self.runAnnotation) ?? ""
            let holding = lease.spec["holderIdentity"]?.text ?? ""
            if holding.isEmpty || holding == holder || (owner == run && byForce)
                || (owner == ended && ended != nil)
            {
                if try await wasWritten(&tries, { try await write(lease) }) { return .taken }
                continue
            }
            if let watched, watched.version == lease.resourceVersion {
                if client.time.now - watched.since >= pace.lease {
                    guard owner == run else { return .orphaned(run: owner) }
                    if try await wasWritten(&tries, { try await write(lease) }) { return .taken }
                }
            } else if watched != nil {
                return .alive(run: owner)
            } else {
                watched = (lease.resourceVersion, client.time.now)
            }
            try await client.time.sleep(for: pace.lease / 15)
        }
    }

    private func create() async throws {
        _ = try await client.create(filled(blank), as: .lease)
    }

    private var blank: KubernetesObject {
        KubernetesObject([
            "apiVersion": .string(ResourceKind.lease.apiVersion),
            "kind": .string(ResourceKind.lease.kind),
            "metadata": [
                "name": .string(reference.name), "namespace": .string(reference.namespace),
            ],
        ])
    }

    private func write(_ lease: KubernetesObject) async throws {
        _ = try await client.update(filled(lease), as: .lease)
    }

    /// Somebody else was quicker, or nobody knows: look again.
    private func wasWritten(_ tries: inout VainTries?, _ write: () async throws -> Void)
        async throws -> Bool
    {
        do {
            try await write()
            return true
        } catch let error as KubernetesError where error.isPassing {
            var vain = tries ?? VainTries(of: client)
            try await vain.wait(after: error)
            tries = vain
            return false
        }
    }

    private func filled(_ lease: KubernetesObject) -> KubernetesObject {
        var lease = lease
        let seconds = Int((pace.lease / .seconds(1)).rounded(.up))
        lease.tree.set(.string(holder), at: "spec", "holderIdentity")
        lease.tree.set(.integer(max(1, seconds)), at: "spec", "leaseDurationSeconds")
        lease.tree.set(
            .string(CivilTime(client.time.date).text(micros: true)), at: "spec", "renewTime")
        // An abort of another run's is not meant for us.
        if lease.annotation(Self.runAnnotation) != run { lease.annotate(Self.wishAnnotation, nil) }
        lease.annotate(Self.runAnnotation, run)
        return lease
    }

    // MARK: Holding it

    package enum Loss: Hashable, Sendable {
        case displaced(by: String)
        /// Somebody left an abort on the lease.
        case abortWished(by: String)
    }

    /// Renews until it is called off, or somebody else has the lease.
    ///
    /// Errors of the API server lose nothing: every write is fenced by itself. One lost answer does
    /// not let the lease run out. An abort stays on the lease for as long as it is held: whoever
    /// takes the run from us before the wish is remembered still finds it.
    package func keep(_ hear: @Sendable (Loss) -> Void) async {
        let quick = quick
        var own: KubernetesObject?
        var hasHeard = false
        var rest = pace.lease / 3
        var backoff = client.backoff
        while !Task.isCancelled {
            do {
                try await client.time.sleep(for: rest)
                own = try await quick.renewed(own)
                if own == nil {
                    switch try await quick.readAndRenewed() {
                    case .held(let lease):
                        own = lease
                        if let wish = lease.annotation(Self.wishAnnotation), !hasHeard {
                            hasHeard = true
                            hear(.abortWished(by: wish))
                        }
                    case .made: break
                    case .lost(let other):
                        hear(.displaced(by: other))
                        return
                    }
                }
                rest = pace.lease / 3
                backoff = client.backoff
            } catch let error as KubernetesError {
                rest = min(backoff.pause(after: error), pace.lease / 3)
            } catch {
                return  // called off, or dead: then no sleep would ever end this
            }
        }
    }

    /// The same, whose calls do not wait so long for an answer that the lease runs out.
    private var quick: TargetLease {
        TargetLease(
            client: client.patient(for: pace.lease / 3, longestCall: pace.lease / 5),
            reference: reference, run: run, holder: holder, pace: pace)
    }

    private enum Renewal {
        case held(KubernetesObject)
        case made
        case lost(to: String)
    }

    private func readAndRenewed() async throws -> Renewal {
        guard let lease = try await client.get(reference) else {
            try await create()
            return .made
        }
        let holding = lease.spec["holderIdentity"]?.text ?? ""
        if holding != holder, !holding.isEmpty { return .lost(to: holding) }
        return .held(try await client.update(filled(lease), as: .lease))
    }

    /// Written over what we wrote last; nil where that no longer stands: somebody else was here.
    private func renewed(_ own: KubernetesObject?) async throws -> KubernetesObject? {
        guard let own else { return nil }
        do {
            return try await client.update(filled(own), as: .lease)
        } catch {
            guard error.code == .conflict || error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Leaves an abort for the holder, where the journal's inbox cannot be written; where nobody holds
    /// the run any more, for whoever takes it next.
    package func leaveAbort(by person: String) async throws {
        // Its holder writes it too: whoever is second reads it again.
        try await client.patiently { client in
            if var lease = try await client.get(reference) {
                lease.annotate(Self.wishAnnotation, person)
                _ = try await client.update(lease, as: .lease)
            } else if !run.isEmpty {
                var lease = blank
                lease.annotate(Self.runAnnotation, run)
                lease.annotate(Self.wishAnnotation, person)
                _ = try await client.create(lease, as: .lease)
            }
        }
    }

    /// Who left an abort of this run that may never have reached its journal.
    func leftAbort() async throws -> String? {
        let lease = try await client.patiently { try await $0.get(reference) }
        guard let lease, lease.annotation(Self.runAnnotation) == run else { return nil }
        return lease.annotation(Self.wishAnnotation)
    }

    /// Whether somebody renewed it while we looked; of no lease, false.
    package func isAlive() async throws -> Bool {
        guard let before = try await client.get(reference),
            before.spec["holderIdentity"]?.text?.isEmpty == false
        else { return false }
        let begin = client.time.now
        while client.time.now - begin < pace.lease {
            try await client.time.sleep(for: pace.lease / 15)
            guard let now = try await client.get(reference) else { return false }
            if now.resourceVersion != before.resourceVersion { return true }
        }
        return false
    }

    /// Gives the lease back, if it is ours; tries not longer than it lasts anyway.
    ///
    /// `ended`: the run is over, and a holder that died before it could give the lease back has no
    /// more use for it. Before, an abort that was left on it stays for whoever takes the run next.
    package func release(ended: Bool = false) async {
        try? await within(pace.lease, by: client.time) { await letGo(ended: ended) }
    }

    private func letGo(ended: Bool) async {
        // One lost answer must not use up all the time that there is.
        let client = client.patient(for: pace.lease, longestCall: pace.lease / 4)
        var backoff = client.backoff
        for _ in 0..<3 {
            do {
                guard let lease = try await client.get(reference),
                    lease.spec["holderIdentity"]?.text == holder
                        || (ended && lease.annotation(Self.runAnnotation) == run)
                else { return }
                if ended || lease.annotation(Self.wishAnnotation) == nil {
                    try await client.delete(lease, as: .lease)
                } else {
                    var lease = lease
                    lease.tree.set(nil, at: "spec", "holderIdentity")
                    _ = try await client.update(lease, as: .lease)
                }
                return
            } catch {
                let rest = backoff.pause(after: error)
                guard (try? await client.time.sleep(for: rest)) != nil else { return }
            }
        }
    }
}

extension TargetLease {
    /// What a glance at the lease tells; for people, never to decide who may write.
    package enum Look: Hashable, Sendable {
        case free
        case renewed
        /// Not renewed for longer than it lasts, by the dates of holder and server.
        case silent
    }

    /// The run that somebody drives on that target now; for those who only look.
    package static func driver(of target: FlowTarget, on rig: Rig) async throws -> String? {
        let lease = TargetLease(
            client: rig.cluster.patient(for: rig.pace.patience), namespace: target.namespace,
            service: target.service, run: "", holder: "", pace: rig.pace)
        guard let life = try await lease.life(), !life.isOver else { return nil }
        return life.run
    }

    /// The run that holds the target, alive or not; nil where it is free.
    package func owner() async throws -> String? {
        guard let lease = try await client.patiently({ try await $0.get(reference) }),
            lease.spec["holderIdentity"]?.text?.isEmpty == false
        else { return nil }
        return lease.annotation(Self.runAnnotation)
    }

    /// Something that changes with each renewal; nil where nobody holds the target for this run.
    package func beat() async throws -> String? {
        guard let lease = try await client.patiently({ try await $0.get(reference) }),
            lease.annotation(Self.runAnnotation) == run,
            lease.spec["holderIdentity"]?.text?.isEmpty == false
        else { return nil }
        return lease.resourceVersion
    }

    package func look() async throws -> Look {
        guard let life = try await life() else { return .free }
        return life.isOver ? .silent : .renewed
    }

    /// The last sign of life of whoever holds the target; for people, never to decide who may write.
    package struct Life: Hashable, Sendable {
        package let run: String
        /// Since the last renewal, by the dates of holder and server.
        package let silence: Duration
        /// So long a silence is death.
        let limit: Duration

        package var isOver: Bool { silence > limit }
        /// How long the silence may last still.
        package var rest: Duration { max(.zero, limit - silence) }
    }

    /// nil where the target is free.
    package func life() async throws -> Life? {
        guard let lease = try await client.patiently({ try await $0.get(reference) }),
            lease.spec["holderIdentity"]?.text?.isEmpty == false
        else { return nil }
        let renewed = lease.spec["renewTime"]?.text.flatMap(APIDate.milliseconds) ?? 0
        let now = client.serverDate ?? client.time.date
        // A second more than it lasts: the server's date has no fraction.
        return Life(
            run: lease.annotation(Self.runAnnotation) ?? "",
            silence: .milliseconds(max(0, now - renewed)), limit: pace.lease + .seconds(1))
    }
}
