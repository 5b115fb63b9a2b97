internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import IstioRoutes
internal import Journal
internal import KubernetesAPI
internal import Timekeeping
internal import Voyage

/// `theseus resume`: goes on with one run, or with all that nobody drives.
struct ResumeCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let logbook: Logbook
        do {
            logbook = try await Logbook.open(request, .writes)
        } catch let error as JournalError where request.has("--all") {
            let strays = await StrayMarks.withoutJournal(request).filter { !$0.isDriven }
            if strays.isEmpty { throw error }
            Terminal.complain("\(error)")
            for stray in strays { tell(stray) }
            return .personNeeded
        }
        if request.has("--all") { return try await all(logbook) }
        guard let name = request.operand else {
            throw UsageError(.missingOperand("RUN|SERVICE"), command: request.command)
        }
        let store = logbook.store
        let card = try await find(name, logbook)
        if let state = try await RunLog(run: card.run, store: store).last()?.state,
            state.isPausing,
            case .granted = try await Inbox(store: store, run: card.run).leave(
                .resume, patience: .seconds(2))
        {
            if !request.wantsJSON { Terminal.say("run \(card.run): resume") }
            EndLine(
                run: card.run, "running", reason: "it was paused, and goes on", .done,
                next: "theseus status \(card.run)"
            ).say(to: request)
            ReportFiles(request).leaveOut(card.run, "another process drives the run on")
            return .done
        }
        let ground = try await logbook.ground()
        return try await Drive(request: request, ground: ground, logbook: logbook)
            .take(card.run, byForce: request.has("--takeover"))
    }

    /// One whose journal is lost cannot be resumed, and is named.
    private func find(_ name: String, _ logbook: Logbook) async throws -> RunCard {
        do {
            return try await RunChoice(request, logbook).find(name)
        } catch let error as VoyageError where error.code == .unknownRun {
            guard let ground = try? await logbook.ground(),
                let found = try? await StrayMarks(request, logbook).all(named: name, on: ground),
                let stray = found.first
            else { throw error }
            throw stray.error
        }
    }

    /// The cluster's own, which is one for all machines; ours where it has said none yet.
    private static func date(_ ground: Ground) -> Int {
        ground.rig.cluster.serverDate ?? ground.rig.time.date
    }

    // MARK: All of them

    /// Rolls back, or goes on where the flow says so; the worst end is the exit code.
    ///
    /// Side by side: what keeps one run from ending keeps no other.
    private func all(_ logbook: Logbook) async throws -> ExitCode {
        guard let stale = DurationText.duration(request.value("--stale") ?? "2m") else {
            throw UsageError(
                .malformed("--stale", request.value("--stale") ?? "", "a time such as 2m"),
                command: request.command)
        }
        let ground = try await logbook.ground()
        let cards = try await RunChoice(request, logbook).cards()
        let worst = await withTaskGroup(of: ExitCode.self) { group in
            for card in cards where isMeant(card) && logbook.holds(card, on: ground) {
                group.addTask { await one(card, silentFor: stale, logbook, ground) }
            }
            return await group.reduce(.done) { $1.isWorse(than: $0) ? $1 : $0 }
        }
        // Runs that were brought home are not less so because nobody can look for others.
        let found = try? await StrayMarks(request, logbook).all(named: request.operand, on: ground)
        let strays = (found ?? []).filter { !$0.isDriven }
        for stray in strays { tell(stray) }
        return strays.isEmpty || worst.isWorse(than: .personNeeded) ? worst : .personNeeded
    }

    /// What no journal at hand can resume.
    private func tell(_ stray: StrayMarks.Stray) {
        Terminal.complain("\(stray.error)")
        EndLine(
            run: stray.mark.run, "person-needed", reason: stray.reason, .personNeeded,
            next: stray.next
        ).say(to: request)
    }

    /// Beside `--all`, a name leaves only the runs of that service.
    private func isMeant(_ card: RunCard) -> Bool {
        guard let name = request.operand else { return true }
        return card.service == name || card.run == name
    }

    private func one(
        _ card: RunCard, silentFor stale: Duration, _ logbook: Logbook, _ ground: Ground
    ) async -> ExitCode {
        do {
            let log = RunLog(run: card.run, store: logbook.store)
            guard let last = try await log.last(), !last.state.isOver,
                .milliseconds(Self.date(ground) - last.date) >= stale
            else { return .done }
            let lease = TargetLease(
                client: ground.rig.cluster, namespace: card.namespace, service: card.service,
                run: card.run, holder: "", pace: ground.rig.pace)
            if try await lease.isAlive() { return .done }
            let drive = Drive(
                request: request, ground: ground, logbook: logbook, heading: "\(card.run)  ",
                actor: "stale rule (\(Environment.person))")
            let goesOn = try await drive.charter(of: card.run).flow.goesOnWhenStale
            return try await drive.take(card.run, wish: goesOn ? nil : .abort)
        } catch {
            Terminal.complain(Wording.text(of: error))
            let exit = Wording.exit(for: error, begins: false)
            EndLine(error, exit, run: card.run).say(to: request)
            return exit
        }
    }
}

extension ExitCode {
    /// Of two ends that one command met, the one to tell.
    fileprivate func isWorse(than other: ExitCode) -> Bool { gravity > other.gravity }

    private var gravity: Int {
        switch self {
        case .done: 0
        case .rolledBack: 1
        case .held: 2
        case .usage: 3
        case .refused: 4
        case .interrupted: 5
        case .personNeeded: 6
        }
    }
}

extension RunState {
    /// Whether it stands still, or will before the next step, because somebody asked for that.
    fileprivate var isPausing: Bool {
        if case .paused = course { return true }
        return pauseWish != nil
    }
}
