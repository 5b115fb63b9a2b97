internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import JSONTree
internal import Journal
internal import KubernetesAPI
internal import Lab
internal import Processes
internal import Synchronization
internal import Timekeeping
internal import Voyage

/// One process's drive of a run, told line by line; its end is the exit code.
struct Drive: Sendable {
    let request: CommandRequest
    let ground: Ground
    let logbook: Logbook
    /// Stands before each line, where several runs are told at once.
    let heading: String
    /// Who begins or takes the run.
    private let actor: String
    /// Rolled back is just what was asked for.
    private let seeksHome: Bool
    private let store: any JournalStore
    private let interruption: Interruption

    init(
        request: CommandRequest, ground: Ground, logbook: Logbook, heading: String = "",
        actor: String = Environment.person, seeksHome: Bool = false
    ) {
        self.seeksHome = seeksHome
        self.request = request
        self.ground = ground
        self.logbook = logbook
        self.heading = heading
        self.actor = actor
        store = logbook.drivenStore
        interruption = Interruption(stops: request.value("--on-interrupt") == "stop")
    }

    func begin(_ charter: RunCharter) async throws -> ExitCode {
        let rig = ground.rig
        try await Heads(cluster: rig.cluster.patient(for: rig.pace.patience), store: store)
            .requireNone(of: charter)
        let signals = watchedSignals()
        let end = try await finish(try await expedition.begin(charter, signals: signals))
        await report(charter.run)
        await logbook.prune()
        return end
    }

    func take(_ run: String, wish: Wish.Kind? = nil, byForce: Bool = false) async throws
        -> ExitCode
    {
        let signals = watchedSignals()
        let before = try await RunLog(run: run, store: store).last()?.state.course
        let outcome = try await expedition.take(
            run, byForce: byForce, wish: wish, signals: signals)
        if before == .promoted {
            let end = outcome.charter.removal == nil ? "promoted" : "carried out"
            Terminal.complain("run \(run) was \(end)")
        }
        let end = try await finish(outcome)
        await report(run)
        return end
    }

    /// From what is remembered, whoever drove.
    private func report(_ run: String) async {
        await ReportFiles(request).keep(RunLog(run: run, store: logbook.store))
    }

    /// A run that the same command began before; one of the other kind is not what is asked for.
    func takeAgain(_ run: String, of flow: Flow, removes: Bool) async throws -> ExitCode {
        let known = try await charter(of: run)
        let isRemoval = known.removal != nil
        guard isRemoval == removes else {
            throw VoyageError(.otherKind(isRemoval: isRemoval), place: "run \(run)")
        }
        // Files may lie elsewhere, on another machine; what they say must be the same.
        let isSame =
            isRemoval
            || known.flow.plan == flow.plan
                && known.flow.target.manifest == flow.target.manifest
        guard isSame else { throw VoyageError(.otherFlow, place: "run \(run)") }
        return try await take(run)
    }

    /// Where another run holds what this one would move, and this journal has it: says which, and how it
    /// stands.
    func namingTheHolder<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as VoyageError {
            guard case .held(let run, nil) = error.code,
                let card = try await store.runs().first(where: { $0.run == run }),
                let last = try await RunLog(run: run, store: store).last()
            else { throw error }
            let life = try await TargetLease(
                client: ground.rig.cluster.patient(for: ground.rig.pace.patience),
                namespace: card.namespace, service: card.service, run: run, holder: "",
                pace: ground.rig.pace
            ).life()
            throw VoyageError(
                .shared(
                    run: run, target: "\(card.namespace)/\(card.service)",
                    weight: last.state.weight.percent,
                    isDriven: life.map { $0.run == run && !$0.isOver } ?? false),
                place: error.place)
        }
    }

    func charter(of run: String) async throws -> RunCharter {
        try await expedition.charter(of: RunLog(run: run, store: store))
    }

    private var expedition: Expedition {
        let teller = FactTeller(request, lab: ground.lab, heading: heading)
        var rig = ground.rig
        // A look into the cluster's inbox is a call of its API server: twice in a real second, by
        // whatever clock.
        if logbook.isInCluster, let patience = rig.pace.patience {
            rig.pace.inbox = max(rig.pace.inbox, patience / 20)
        }
        return Expedition(
            rig: rig, store: store, isKeptHere: logbook.isInCluster, holder: Holder.name,
            actor: actor,
            version: Dispatch.version, report: { teller.tell($0, $1) })
    }

    private func watchedSignals() -> Signals {
        let signals = Signals()
        let interruption = interruption
        SignalFan.all.listen { heard in
            switch interruption.note(heard) {
            case .abort: signals.wish(.abort, by: "a signal")
            case .stop: signals.stop()
            }
        }
        return signals
    }

    private func finish(_ outcome: Expedition.Outcome) async throws -> ExitCode {
        let run = outcome.charter.run
        switch outcome.end {
        case .success(let state):
            return told(state, outcome.charter)
        case .failure(.interrupted):
            return stopped(run)
        case .failure(.unwritable(let error, let home)):
            Terminal.complain("\(error)")
            Terminal.complain(Advice.unwritable(run, error, home, logbook.isInCluster))
            return ended(
                run, "person-needed", .personNeeded, "nothing can be remembered any more; \(home)",
                next: "theseus \(error.code == .unknownRun ? "abort" : "resume") \(run)")
        case .failure(.displaced(let other)):
            Terminal.complain("run \(run): \(other) holds it now; following it")
            return try await watch(run)
        }
    }

    /// Somebody else drives: watches the journal, and ends as the run ends.
    ///
    /// A signal that asks for the way home is passed on to whoever drives, and its end awaited. Once
    /// nobody drives any more the run is left to `theseus resume`, or after such a signal taken.
    /// What was remembered after `sequence` is told. `isAborting`: as after such a signal, but that the
    /// wish was heard already.
    func follow(_ run: String, after sequence: Int, isAborting: Bool = false) async throws
        -> ExitCode
    {
        let end = try await watch(run, after: sequence, isAborting: isAborting)
        await report(run)
        return end
    }

    /// nil: what is remembered from now on.
    private func watch(
        _ run: String, after sequence: Int? = nil, isAborting: Bool = false
    ) async throws -> ExitCode {
        let log = RunLog(run: run, store: store)
        var seen = 0
        if let sequence { seen = sequence } else { seen = try await log.last()?.sequence ?? 0 }
        let charter = try await expedition.charter(of: log)
        let teller = FactTeller(request, lab: nil, heading: heading)
        var hasAsked = false
        let rig = ground.rig
        let lease = TargetLease(
            client: rig.cluster.patient(for: rig.pace.patience),
            namespace: charter.flow.target.namespace, service: charter.flow.target.service,
            run: run, holder: "", pace: rig.pace)
        var pulse = Pulse(sequence: seen, now: rig.time.now)
        while true {
            for fact in try await log.facts(from: seen + 1) {
                seen = fact.sequence
                teller.tell(fact, charter)
            }
            if let last = try await log.last(), last.state.isOver {
                return told(last.state, charter)
            }
            switch interruption.noted {
            case .stop?:
                Terminal.complain(Advice.followedNoMore(run))
                return ended(
                    run, "running", .interrupted, "another process drives it on",
                    next: "theseus status \(run)")
            case .abort? where !hasAsked:
                // One that could not be left now is left in the next round.
                let wish = WishCodec.encode(.abort, by: Environment.person)
                hasAsked = (try? await store.post(wish, to: run)) != nil
            case .abort?, nil: break
            }
            try await rig.time.sleep(for: .milliseconds(500))
            let beat: String?
            do {
                beat = try await lease.beat()
            } catch {
                // Of a cluster that does not answer nobody knows who drives there.
                pulse = Pulse(sequence: seen, now: rig.time.now)
                continue
            }
            guard pulse.silence(beat: beat, sequence: seen, now: rig.time.now) >= rig.pace.lease
            else { continue }
            if interruption.noted == .abort || isAborting {
                return try await take(run, wish: .abort)
            }
            return stopped(run)
        }
    }

    private func told(_ state: RunState, _ charter: RunCharter) -> ExitCode {
        let run = charter.run
        switch state.course {
        case .promoted:
            let end = charter.removal == nil ? "promoted" : "removed"
            guard seeksHome else { return ended(run, end, .done) }
            Terminal.complain(Advice.tooLate(charter))
            return ended(run, end, .refused, "it was decided before the abort")
        case .rolledBack(let why):
            if !request.wantsJSON {
                Terminal.complain("run \(run) rolled back: \(why.reason)")
            }
            return ended(run, "rolled-back", seeksHome ? .done : .rolledBack, why.reason)
        case .personNeeded(let trouble):
            Terminal.complain(Advice.personNeeded(charter, trouble, state))
            return ended(
                run, "person-needed", .personNeeded, trouble.setback.reason,
                next: "theseus resume \(run)")
        case .advancing, .asking, .paused, .returning, .closing:
            return ended(run, "interrupted", .interrupted, next: "theseus resume \(run)")
        }
    }

    private func stopped(_ run: String) -> ExitCode {
        Terminal.complain(Advice.interrupted(run))
        return ended(run, "interrupted", .interrupted, next: "theseus resume \(run)")
    }

    /// The last that is told of it here.
    private func ended(
        _ run: String, _ end: String, _ exit: ExitCode, _ reason: String = "", next: String = ""
    ) -> ExitCode {
        EndLine(run: run, end, reason: reason, exit, next: next).say(to: request)
        return exit
    }
}

/// What the signals that have come ask of one drive.
private final class Interruption: Sendable {
    enum Meaning: Sendable {
        case abort
        case stop
    }

    private let stops: Bool
    private let met = Mutex<Meaning?>(nil)

    /// `stops`: the first signal does already what the second one does otherwise.
    init(stops: Bool) { self.stops = stops }

    var noted: Meaning? { met.withLock { $0 } }

    func note(_ heard: SignalWatch.Heard) -> Meaning {
        let meaning: Meaning =
            switch heard {
            case .end: stops ? .stop : .abort
            case .stop: .stop
            }
        met.withLock { if $0 != .stop { $0 = meaning } }
        return meaning
    }
}

/// Tells every drive of this process of its signals, those that began after a signal too.
private final class SignalFan: Sendable {
    private struct State: Sendable {
        var listeners: [@Sendable (SignalWatch.Heard) -> Void] = []
        var heard: SignalWatch.Heard?
    }

    static let all = SignalFan()
    private let state = Mutex(State())

    private init() {
        SignalWatch.start { [self] heard in
            let listeners = state.withLock { state in
                state.heard = heard
                return state.listeners
            }
            for listener in listeners { listener(heard) }
        }
    }

    func listen(_ listener: @escaping @Sendable (SignalWatch.Heard) -> Void) {
        let heard = state.withLock { state in
            state.listeners.append(listener)
            return state.heard
        }
        if let heard { listener(heard) }
    }
}
