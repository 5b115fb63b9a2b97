package import CanaryEngine
package import Chronicle
internal import FlowFiles
internal import JSONTree
package import Journal
package import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// One process's share in a run: begins or takes it, drives it, and lets it go.
package struct Expedition: Sendable {
    private let rig: Rig
    private let store: any JournalStore
    /// Who drives: host and process, for people.
    private let holder: String
    /// Who began or took the run.
    private let actor: String
    private let version: String
    private let report: @Sendable (LoggedFact, RunCharter) -> Void
    private let observe: (@Sendable (WriteNote) -> Void)?
    /// The journal stands in the cluster itself: its runs are of this cluster, by whatever address
    /// their first holder reached it.
    private let isKeptHere: Bool
    /// Who carries orders out in the crew's place, where a day is only played; nil: the crew.
    package var understudy: (@Sendable (ShipCrew) -> any Crew)?

    package init(
        rig: Rig, store: any JournalStore, isKeptHere: Bool = false, holder: String,
        actor: String, version: String,
        observe: (@Sendable (WriteNote) -> Void)? = nil,
        report: @escaping @Sendable (LoggedFact, RunCharter) -> Void
    ) {
        self.rig = rig
        self.store = store
        self.isKeptHere = isKeptHere
        self.holder = holder
        self.actor = actor
        self.version = version
        self.observe = observe
        self.report = report
    }

    /// How a run ended for this process.
    package struct Outcome: Sendable {
        package let charter: RunCharter
        package let end: Result<RunState, Stranding>
    }

    // MARK: Beginning

    /// Begins a run, drives it to its end.
    ///
    /// `signals` brings wishes that reach this very process.
    package func begin(_ charter: RunCharter, signals: Signals = Signals()) async throws -> Outcome
    {
        let lease = lease(of: charter)
        try await hold(lease, for: charter)
        do {
            try await requireUnsealed(charter)
            let log = RunLog(run: charter.run, store: store)
            let digest = try await store.keep(JSONWriter.bytes(of: charter.tree))
            try await open(charter)
            var state = RunState()
            var head = JournalHead.start
            let first = [Fact.planned(digest: digest), held(epoch: 1, absence: .zero)]
            for fact in first + (rig.notices + charter.warnings).map(Fact.noticed) {
                state.hear(fact, at: .zero, charter.flow.plan)
                head = try await remember(fact, state, log, charter, head)
            }
            let bridge = Bridge(state: state, head: head, time: rig.time)
            return try await drive(charter, log, bridge, lease, signals)
        } catch {
            await lease.release()
            throw error
        }
    }

    private func hold(_ lease: TargetLease, for charter: RunCharter) async throws {
        switch try await lease.take() {
        case .taken: return
        case .alive(let run):
            throw VoyageError(.held(by: run, isAlive: true), place: charter.target)
        case .orphaned(let run):
            // One that died before its first seal left nothing behind but its lease.
            try await requireUnsealed(charter)
            guard try await lease.take(over: run) == .taken else {
                throw VoyageError(.held(by: run, isAlive: true), place: charter.target)
            }
        }
    }

    /// Opens the run in the journal; one of this id without any record was left by a crash.
    private func open(_ charter: RunCharter) async throws {
        do {
            try await store.open(
                RunCard(run: charter.run, target: charter.target, opened: rig.time.date))
        } catch let error where error.code == .exists {
            guard try await store.last(of: charter.run) == nil else { throw error }
        }
    }

    /// Objects that carry another run's seal: that run's journal is not ours, but it holds the
    /// target.
    ///
    /// Our own name there is no better: what that run did is remembered elsewhere.
    private func requireUnsealed(_ charter: RunCharter) async throws {
        for reference in sealedFirst(charter) {
            let object = try await patientCluster.patiently { try await $0.get(reference) }
            guard let seal = object?.seal else { continue }
            let code: VoyageError.Code =
                seal.run == charter.run
                ? Heads.unremembered(seal) : .held(by: seal.run, isAlive: nil)
            throw VoyageError(code, place: "\(reference)")
        }
    }

    /// What a run seals first: its routes, and stable's Deployment.
    private func sealedFirst(_ charter: RunCharter) -> [ObjectReference] {
        let namespace = charter.flow.target.namespace
        return charter.routes
            + (charter.stable.map {
                [ObjectReference(.deployment, namespace: namespace, name: $0.deployment)]
            } ?? [])
    }

    // MARK: Taking

    /// Takes a run that is not over, and drives it to its end; `wish` is heard first.
    package func take(
        _ run: String, byForce: Bool = false, wish: Wish.Kind? = nil, signals: Signals = Signals()
    ) async throws -> Outcome {
        let log = RunLog(run: run, store: store)
        let charter = try await charter(of: log)
        let plan = charter.flow.plan
        guard isKeptHere || charter.cluster == rig.cluster.server else {
            throw VoyageError(.otherCluster(rig.cluster.server), place: charter.target)
        }
        guard let last = try await log.last() else {
            throw VoyageError(.nothingPlanned, place: "run \(run)")
        }
        if last.state.isOver, last.state.refusal(of: .resume, plan) != nil {
            await lease(of: charter).release(ended: true)
            return Outcome(charter: charter, end: .success(last.state))
        }
        let lease = lease(of: charter)
        switch try await lease.take(byForce: byForce) {
        case .taken: break
        case .alive(let other):
            throw VoyageError(.held(by: other, isAlive: true), place: charter.target)
        case .orphaned(let other):
            throw VoyageError(.held(by: other, isAlive: false), place: charter.target)
        }
        do {
            try await Heads(cluster: patientCluster, store: store).check(charter)
            let now = try await log.last()?.state ?? last.state
            try await EndedElsewhere(cluster: patientCluster, charter).requireNot(now)
            let left = try await lease.leftAbort().map { Wish(.abort, by: $0) }
            let (state, head) = try await raiseEpoch(
                log, charter, left ?? wish.map { Wish($0, by: actor) })
            let bridge = Bridge(state: state, head: head, time: rig.time)
            return try await drive(charter, log, bridge, lease, signals)
        } catch {
            await lease.release()
            throw Self.takenInVain(error, run)
        }
    }

    /// Whoever drove the run may be displaced by now: to call that refused would be a lie.
    private static func takenInVain(_ error: any Error, _ run: String) -> any Error {
        let why: String
        switch error {
        case let error as JournalError where error.code != .damaged: why = error.detail
        case let error as KubernetesError: why = error.detail
        default: return error
        }
        return VoyageError(.takenInVain(run: run, why: why), place: "run \(run)")
    }

    /// Makes the run ours in the journal; the old holder may still append until it hears of it.
    private func raiseEpoch(_ log: RunLog, _ charter: RunCharter, _ wish: Wish?) async throws
        -> (RunState, JournalHead)
    {
        let plan = charter.flow.plan
        for _ in 0..<Self.mostRaces {
            guard let last = try await log.last() else { break }
            var state = last.state
            var head = last.head
            var facts = [held(epoch: head.epoch + 1, absence: absence(since: last.date))]
            facts += rig.notices.map(Fact.noticed)
            // One that was cut off while it called for a person still calls.
            if case .personNeeded = state.course, state.isOver {
                facts.append(.wished(Wish(.resume, by: actor)))
            }
            if let wish, state.refusal(of: wish.kind, plan) == nil {
                facts.append(.wished(await posted(wish, after: state.answeredWish, log) ?? wish))
            }
            do {
                for fact in facts {
                    state.hear(fact, at: state.clock, plan)
                    head = try await remember(fact, state, log, charter, head)
                }
                return (state, head)
            } catch let error as JournalError {
                guard case .displaced = error.code else { throw error }
            }
        }
        throw VoyageError(.notTaken, place: "run \(charter.run)")
    }

    /// The same wish, where it waits in the inbox too: heard once, it is answered.
    private func posted(_ wish: Wish, after number: Int, _ log: RunLog) async -> Wish? {
        // An inbox that cannot be read changes nothing: the wish is heard as it was given.
        let waiting = (try? await store.wishes(of: log.run, after: number)) ?? []
        return waiting.compactMap(WishCodec.decode).last { $0.kind == wish.kind }
    }

    /// How often the old holder may be quicker.
    private static let mostRaces = 20

    /// The plan of a run, from its first record.
    package func charter(of log: RunLog) async throws -> RunCharter {
        guard let first = try await log.first(), case .planned(let digest) = first.fact else {
            throw VoyageError(.nothingPlanned, place: "run \(log.run)")
        }
        guard let bytes = try await store.blob(digest) else {
            throw VoyageError(.charter, place: "run \(log.run), blob \(digest)")
        }
        return try RunCharter(tree: try JSONReader.tree(of: bytes))
    }

    /// How long nobody held the run, by the API server's date where it said one.
    private func absence(since date: Int) -> Duration {
        .milliseconds(max(0, (rig.cluster.serverDate ?? rig.time.date) - date))
    }

    // MARK: Driving

    private func drive(
        _ charter: RunCharter, _ log: RunLog, _ bridge: Bridge, _ lease: TargetLease,
        _ signals: Signals
    ) async throws -> Outcome {
        let driverBox = signals.helm
        let crew = try ShipCrew(
            charter: charter, rig: rig, bridge: bridge, store: store, observe: observe,
            onFenced: { driverBox.stop(.displaced(by: $0)) })
        let driver = RunDriver(
            log: log, plan: charter.flow.plan, crew: understudy?(crew) ?? crew, time: rig.time,
            pace: rig.pace,
            bridge: bridge, mailbox: driverBox, actor: "theseus",
            report: { report($0, charter) })
        if bridge.state.epoch > 1, bridge.state.backup != nil, isStillWriting(bridge.state, charter)
        {
            do {
                try await claim(crew)
            } catch {
                await lease.release()
                throw error
            }
        }
        let end: Result<RunState, Stranding>
        do throws(Stranding) {
            end = .success(
                try await driver.drive {
                    await lease.keep { loss in
                        switch loss {
                        case .displaced(let other): driverBox.stop(.displaced(by: other))
                        case .abortWished(let person): driverBox.wish(Wish(.abort, by: person))
                        }
                    }
                })
        } catch {
            end = .failure(error)
        }
        // A displaced holder may have made the lease anew after the other's end.
        await lease.release()
        return Outcome(charter: charter, end: end)
    }

    /// Seals everything, within our patience: nobody hears a wish before that is done.
    private func claim(_ crew: ShipCrew) async throws {
        do {
            guard let patience = rig.pace.patience else { return try await crew.claimAll() }
            try await within(patience, by: rig.time) { try await crew.claimAll() }
        } catch is OutOfTime {
            throw VoyageError(.notTaken, place: rig.cluster.server)
        } catch is Setback {
            // What must not be sealed is met again by the order that stands, and told as a fact.
        }
    }

    /// For what comes before a run is ours: there nothing must go on.
    private var patientCluster: KubernetesClient {
        rig.cluster.patient(for: rig.pace.patience)
    }

    /// Whether anything is left to write: a seal on objects that are as before already would stay.
    private func isStillWriting(_ state: RunState, _ charter: RunCharter) -> Bool {
        guard !state.isOver else { return false }
        return !state.orders(charter.flow.plan).contains { order in
            switch order.work {
            case .carryOut(.verifyHome): true
            // There is only somebody left to tell.
            case .test: order.id.course != .forward
            case .carryOut, .watch, .watchCandidate, .wait: false
            }
        }
    }

    private func lease(of charter: RunCharter) -> TargetLease {
        TargetLease(
            client: patientCluster, namespace: charter.flow.target.namespace,
            service: charter.flow.target.service, run: charter.run, holder: holder,
            pace: rig.pace)
    }

    private func held(epoch: Int, absence: Duration) -> Fact {
        .held(Holding(epoch: epoch, holder: holder, version: version, absence: absence))
    }

    private func remember(
        _ fact: Fact, _ state: RunState, _ log: RunLog, _ charter: RunCharter,
        _ head: JournalHead
    ) async throws -> JournalHead {
        let date = rig.time.date
        let next = try await log.remember(
            fact, leadingTo: state, by: actor, date: date, after: head)
        report(
            LoggedFact(
                sequence: next.sequence, epoch: next.epoch, date: date, actor: actor, fact: fact,
                state: state, head: next), charter)
        return next
    }
}
