internal import CanaryEngine
internal import Chronicle
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
        let logbook: Logbook
        let card: RunCard
        do {
            logbook = try await Logbook.open(request, .writes)
            switch try await find(in: logbook) {
            case .remembered(let found): card = found
            case .stray(let stray, let ground):
                return try await StrayAbort(request: request, ground: ground).carryOut(stray.mark)
            }
        } catch let error as JournalError where [.damaged, .denied].contains(error.code) {
            return try await withoutJournal(error)
        }
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
            // Nobody may drive it by this journal; weights go home without one.
            return try await withoutJournal(error, card, of: logbook)
        }
    }

    private enum Found {
        case remembered(RunCard)
        /// No journal at hand knows it; its marks stand on the routes.
        case stray(StrayMarks.Stray, Ground)
    }

    /// What is meant may be a run whose very card cannot be read: then that is what is wrong.
    ///
    /// Where the journal has no open run of that name, one that it does not know may hold the routes.
    private func find(in logbook: Logbook) async throws -> Found {
        let card: RunCard
        do {
            card = try await RunChoice(request, logbook).find(request.operand ?? "")
        } catch let error as VoyageError where error.code == .unknownRun {
            if let damage = await logbook.damagedCards().last { throw damage }
            guard let (stray, ground) = await stray(beside: logbook) else { throw error }
            return .stray(stray, ground)
        }
        let last = try await RunLog(run: card.run, store: logbook.store).last()
        guard last?.state.isOver ?? false, card.run != request.operand,
            let (stray, ground) = await stray(beside: logbook)
        else { return .remembered(card) }
        return .stray(stray, ground)
    }

    /// Who cannot look at the routes goes by the journal.
    private func stray(beside logbook: Logbook) async -> (StrayMarks.Stray, Ground)? {
        guard let ground = try? await logbook.ground(),
            let found = try? await StrayMarks(request, logbook).all(
                named: request.operand, on: ground
            ).first
        else { return nil }
        return (found, ground)
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

    /// The journal cannot be read or written: weights go home by what stands on the routes, and the
    /// holder is told by its lease.
    private func withoutJournal(
        _ error: any Error, _ card: RunCard? = nil, of logbook: Logbook? = nil
    ) async throws -> ExitCode {
        Terminal.complain(Wording.text(of: error))
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
        let said =
            if !done.isEmpty {
                done.joined(separator: "; ")
            } else if run ?? owner != nil {
                "no weight stands on the routes to \(namespace)/\(service)"
            } else {
                "nothing in namespace \(namespace) names \(named), neither a lease nor a route"
            }
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
