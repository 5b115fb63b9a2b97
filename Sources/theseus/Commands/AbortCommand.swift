internal import CanaryEngine
internal import Chronicle
internal import ClusterAccess
internal import FlowFiles
internal import IstioRoutes
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
        return try await Insistence(request).carryOut {
            try await attempt(patience, isAgain: $0)
        }
    }

    /// `isAgain`: an earlier attempt may have been heard, and nobody could tell us.
    private func attempt(_ patience: Duration, isAgain: Bool) async throws -> ExitCode {
        let found: AbortSearch.Found
        var logbook: Logbook?
        do {
            let opened = try await Logbook.open(request, .writes)
            logbook = opened
            found = try await AbortSearch(request: request).find(in: opened)
        } catch let error as JournalError
            where logbook?.isInCluster != true || error.code == .damaged
        {
            return try await byMarks(error, of: logbook, patience, isAgain)
        } catch let error as JournalError where error.code == .denied {
            return try await withoutJournal(error)
        }
        return try await end(found, beside: logbook, patience, isAgain)
    }

    /// `logbook`: the one at hand; nil where it cannot be opened.
    private func end(
        _ found: AbortSearch.Found, beside logbook: Logbook?, _ patience: Duration, _ isAgain: Bool
    ) async throws -> ExitCode {
        switch found {
        case .stray(let mark, let ground):
            return try await StrayAbort(request: request, ground: ground).carryOut(mark)
        case .remembered(let card, let its):
            if its.isInCluster, logbook?.isInCluster != true {
                Terminal.complain(
                    "run \(card.run): it is in the cluster's journal, and ends by that")
            }
            return try await end(card, its, patience, isAgain)
        }
    }

    private func end(
        _ card: RunCard, _ logbook: Logbook, _ patience: Duration, _ isAgain: Bool
    ) async throws -> ExitCode {
        let store = logbook.store
        // Nobody drives it, and it knows the way home.
        if await Self.standsOnTheWayHome(card, store) { return try await takeOver(card, logbook) }
        let answer: Inbox.Answer
        do {
            answer = try await Inbox(store: store, run: card.run).leave(.abort, patience: patience)
        } catch let error as JournalError where error.code != .unknownRun {
            if let why = await Self.hasNoWayHome(card, store) {
                return await refused(card, why, store)
            }
            if error.code == .damaged { return try await byMarks(error, card, of: logbook) }
            return try await withoutJournal(error, card, of: logbook)
        }
        switch answer {
        case .granted(let sequence):
            return try await follow(card, logbook, after: sequence - 1)
        case .refused(let why):
            // Somebody was quicker: what was asked for happens already.
            if let last = try? await RunLog(run: card.run, store: store).last(),
                isAgain || last.state.isReturning
            {
                Terminal.complain("run: \(why); following it")
                return try await follow(card, logbook, after: last.sequence)
            }
            return await refused(card, why, store)
        case .unanswered:
            if let other = await AbortSearch(request: request).other(than: card, in: logbook) {
                Terminal.complain(
                    "run \(card.run): nothing on the routes is its own; another run holds them")
                return try await end(other, beside: logbook, patience, isAgain)
            }
            return try await takeOver(card, logbook)
        }
    }

    private func follow(_ card: RunCard, _ logbook: Logbook, after sequence: Int) async throws
        -> ExitCode
    {
        try await drive(logbook).follow(card.run, after: sequence, isAborting: true)
    }

    private func takeOver(_ card: RunCard, _ logbook: Logbook) async throws -> ExitCode {
        // To take it would be to promote it.
        if let why = await Self.hasNoWayHome(card, logbook.store) {
            return await refused(card, why, logbook.store)
        }
        do {
            return try await drive(logbook).take(card.run, wish: .abort, byForce: true)
        } catch let error as VoyageError where error.isOfLostRecords {
            // Nobody may drive it by this journal; it ends without one.
            return try await byMarks(error, card, of: logbook)
        }
    }

    private func drive(_ logbook: Logbook) async throws -> Drive {
        Drive(
            request: request, ground: try await logbook.ground(), logbook: logbook, seeksHome: true)
    }

    private func refused(_ card: RunCard, _ why: String, _ store: any JournalStore) async
        -> ExitCode
    {
        let log = RunLog(run: card.run, store: store)
        let isRemoval = await Self.plan(log).isRemoval
        let (remedy, next) =
            switch (try? await log.last())?.state.course {
            case .promoted where !isRemoval:
                (
                    "`theseus undo \(card.service)` brings the old version back",
                    "theseus undo \(card.service)"
                )
            case .closing where !isRemoval:
                (
                    "once it is promoted (`theseus resume \(card.run)`, where nobody drives it),"
                        + " `theseus undo \(card.service)` brings the old version back",
                    "theseus status \(card.run)"
                )
            default:
                ("see `theseus show \(card.run)`", "theseus show \(card.run)")
            }
        Terminal.complain(
            """
            run: abort is refused: \(why)
              where: run \(card.run)
              do:    \(remedy)
            """)
        EndLine(run: card.run, "refused", reason: why, .refused, next: next).say(to: request)
        return .refused
    }

    /// Whether a person is needed before it can go on with the way home.
    private static func standsOnTheWayHome(_ card: RunCard, _ store: any JournalStore) async -> Bool
    {
        guard let state = (try? await RunLog(run: card.run, store: store).last())?.state,
            case .personNeeded(let trouble) = state.course, case .returning = trouble.stop
        else { return false }
        return state.isOver
    }

    /// Why there is no way home any more; nil where there is one, or nobody can say.
    private static func hasNoWayHome(_ card: RunCard, _ store: any JournalStore) async -> String? {
        let log = RunLog(run: card.run, store: store)
        let plan = await plan(log)
        return (try? await log.last())?.state.hasNoWayHome(plan)
    }

    /// What the run was to do; an empty plan where its charter cannot be read.
    private static func plan(_ log: RunLog) async -> RunPlan {
        (try? await Charters.read(log))?.flow.plan ?? RunPlan(steps: [])
    }

    /// The journal is of no use: the marks on the routes lead home, or another journal that has their run.
    private func byMarks(
        _ error: any Error, _ card: RunCard? = nil, of logbook: Logbook? = nil,
        _ patience: Duration = .seconds(2), _ isAgain: Bool = false
    ) async throws -> ExitCode {
        let ground: Ground
        do {
            ground = try await Ground.cluster(request)
        } catch is AccessError {
            throw error  // there is no other way to look
        }
        if let card, logbook?.holds(card, on: ground) == false {
            throw VoyageError(.otherCluster(ground.rig.cluster.server), place: card.target)
        }
        let isInCluster = logbook?.isInCluster ?? false
        let found = try await AbortSearch(request: request)
            .byMarks(card, isOfCluster: isInCluster, on: ground)
        switch found {
        case nil: return try await withoutJournal(error, card, of: logbook)
        case .stray(let mark, _)?:
            Terminal.complain(Advice.passedOver(error))
            return try await StrayAbort(
                request: request, ground: ground, remedy: Advice.mending(error, isInCluster)
            ).carryOut(mark)
        case let found?:
            Terminal.complain(Advice.passedOver(error))
            return try await end(found, beside: nil, patience, isAgain)
        }
    }

    /// The journal cannot be read or written: weights go home by what stands on the routes, and the
    /// holder is told by its lease.
    private func withoutJournal(
        _ error: any Error, _ card: RunCard? = nil, of logbook: Logbook? = nil
    ) async throws -> ExitCode {
        let ground = try await Ground.cluster(request)
        if let card, logbook?.holds(card, on: ground) == false {
            throw VoyageError(.otherCluster(ground.rig.cluster.server), place: card.target)
        }
        let client = ground.rig.cluster.patient(for: ground.rig.pace.patience)
        let named = request.operand ?? ""
        var namespace =
            card?.namespace ?? request.value("--namespace") ?? ground.namespace ?? "default"
        var (service, run) = (card?.service ?? named, card?.run)
        // Without a journal, what is named may be a run or a service: the routes know.
        if card == nil,
            let target = try await UnrememberedHome.target(
                ofRun: named, client: client, namespace: namespace)
        {
            (namespace, service, run) = (target.namespace, target.service, named)
        }
        let lease = TargetLease(
            client: client, namespace: namespace, service: service, run: run ?? "",
            holder: "", pace: ground.rig.pace)
        let owner = try await lease.owner()
        var unleft = ""
        if run == nil || owner == nil || owner == run {
            do {
                try await lease.leaveAbort(by: Environment.person)
            } catch {
                unleft = "; nor could the lease take it: abort again before anybody resumes"
            }
        }
        let done = try await UnrememberedHome(
            client: client, namespace: namespace, service: service
        ).bring(run: run)
        // Nothing in the cluster has that name, neither a lease nor a route.
        if done.isEmpty, run ?? owner == nil { throw error }
        Terminal.complain(Wording.text(of: error))
        let said =
            done.isEmpty
            ? "no weight stands on the routes to \(namespace)/\(service)"
            : done.joined(separator: "; ")
        if let run = run ?? owner {
            Terminal.complain(
                Advice.unwritable(
                    run, error as? JournalError, said + unleft, logbook?.isInCluster ?? false))
            ReportFiles(request).leaveOut(run, "the journal cannot be read or written")
        } else {
            Terminal.complain(Advice.unreadable(service, said + unleft))
        }
        EndLine(
            run: run ?? owner, "person-needed", reason: said + unleft, .personNeeded,
            next: "theseus resume \(run ?? owner ?? service)"
        ).say(to: request)
        return .personNeeded
    }
}

extension RunState {
    fileprivate var isReturning: Bool {
        if case .returning = course { true } else { false }
    }

    /// Why there is no way home any more; nil where there is one.
    fileprivate func hasNoWayHome(_ plan: RunPlan) -> String? {
        switch course {
        case .closing, .promoted, .rolledBack, .personNeeded: refusal(of: .abort, plan)?.why
        case .advancing, .asking, .paused, .returning: nil
        }
    }
}
