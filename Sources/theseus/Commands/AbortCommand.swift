internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import Journal
internal import KubernetesAPI
internal import Voyage

/// `theseus abort RUN|SERVICE`: asks the holder; one that does not answer is taken over.
struct AbortCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let wait = request.value("--wait") ?? "2s"
        guard let patience = DurationText.duration(wait) else {
            throw UsageError(
                .malformed("--wait", wait, "a time such as 2s"), command: request.command)
        }
        let logbook: Logbook
        let card: RunCard
        do {
            logbook = try await Logbook.open(request, .writes)
            card = try await RunChoice(request, logbook).find(request.operand ?? "")
        } catch let error as JournalError where [.damaged, .denied].contains(error.code) {
            return try await withoutJournal(error)
        }
        let store = logbook.store
        let answer: Inbox.Answer
        do {
            answer = try await Inbox(store: store, run: card.run).leave(.abort, patience: patience)
        } catch let error as JournalError where error.code != .unknownRun {
            let state = try? await RunLog(run: card.run, store: store).last()?.state
            if let state, let why = state.decidedAgainstAbort {
                return refused(card, why)
            }
            return try await withoutJournal(error, card)
        }
        switch answer {
        case .granted(let sequence):
            return done(try await drive(logbook).follow(card.run, after: sequence - 1))
        case .refused(let why):
            return refused(card, why)
        case .unanswered:
            return done(try await drive(logbook).take(card.run, wish: .abort, byForce: true))
        }
    }

    private func drive(_ logbook: Logbook) async throws -> Drive {
        Drive(request: request, ground: try await logbook.ground(), logbook: logbook)
    }

    private func refused(_ card: RunCard, _ why: String) -> ExitCode {
        Terminal.complain(
            """
            run: abort is refused: \(why)
              where: run \(card.run)
              do:    see `theseus show \(card.run)`
            """)
        return .refused
    }

    /// Rolled back is just what was asked for.
    private func done(_ end: ExitCode) -> ExitCode { end == .rolledBack ? .done : end }

    /// The journal cannot be read or written: weights go home by what stands on the routes, and the
    /// holder is told by its lease.
    private func withoutJournal(_ error: JournalError, _ card: RunCard? = nil) async throws
        -> ExitCode
    {
        Terminal.complain("\(error)")
        let ground = try await Ground.cluster(request)
        if let card, card.cluster != ground.rig.cluster.server {
            throw VoyageError(.otherCluster(ground.rig.cluster.server), place: card.target)
        }
        let namespace =
            card?.namespace ?? request.value("--namespace") ?? ground.namespace ?? "default"
        let service = card?.service ?? request.operand ?? ""
        let client = ground.rig.cluster.patient(for: ground.rig.pace.patience)
        let lease = TargetLease(
            client: client, namespace: namespace, service: service, run: card?.run ?? "",
            holder: "", pace: ground.rig.pace)
        let owner = try await lease.owner()
        try? await lease.leaveAbort(by: Environment.person)
        let done = try await UnrememberedHome(
            client: client, namespace: namespace, service: service
        ).bring(run: card?.run)
        let said =
            done.isEmpty
            ? "no weight stands on the routes to \(namespace)/\(service)"
            : done.joined(separator: "; ")
        if let run = card?.run ?? owner {
            Terminal.complain(Advice.unwritable(run, error, said))
        } else {
            Terminal.complain(Advice.unreadable(service, said))
        }
        return .personNeeded
    }
}

extension RunState {
    /// Why there is no way home any more; nil where there is one.
    fileprivate var decidedAgainstAbort: String? {
        switch course {
        case .closing, .promoted: "promotion is decided; deploy the old version to go back"
        case .rolledBack: "it is rolled back already"
        case .advancing, .asking, .paused, .returning, .personNeeded: nil
        }
    }
}
