internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import Journal
internal import KubernetesAPI
internal import Timekeeping
internal import Voyage

/// `theseus resume`: goes on with one run, or with all that nobody drives.
struct ResumeCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let store = try Ground.journal(request, .writes)
        if request.has("--all") { return try await all(store) }
        guard let name = request.operand else {
            throw UsageError(.missingOperand("RUN|SERVICE"), command: request.command)
        }
        let card = try await RunChoice(request, store).find(name)
        if let state = try await RunLog(run: card.run, store: store).last()?.state,
            state.isPausing,
            case .granted = try await Inbox(store: store, run: card.run).leave(
                .resume, patience: .seconds(2))
        {
            Terminal.say("run \(card.run): resume")
            return .done
        }
        let ground = try await Ground.cluster(request)
        return try await Drive(request: request, ground: ground, store: store)
            .take(card.run, byForce: request.has("--takeover"))
    }

    /// Rolls back, or goes on where the flow says so; the worst end is the exit code.
    private func all(_ store: any JournalStore) async throws -> ExitCode {
        guard let stale = DurationText.duration(request.value("--stale") ?? "2m") else {
            throw UsageError(
                .malformed("--stale", request.value("--stale") ?? "", "a time such as 2m"),
                command: request.command)
        }
        let ground = try await Ground.cluster(request)
        var worst = ExitCode.done
        for card in try await RunChoice(request, store).cards()
        where card.cluster == ground.rig.cluster.server {
            let log = RunLog(run: card.run, store: store)
            guard let last = try await log.last(), !last.state.isOver,
                .milliseconds(ground.rig.time.date - last.date) >= stale
            else { continue }
            let lease = TargetLease(
                client: ground.rig.cluster, namespace: card.namespace, service: card.service,
                run: card.run, holder: "", pace: ground.rig.pace)
            if try await lease.isAlive() { continue }
            let drive = Drive(request: request, ground: ground, store: store)
            do {
                let goesOn = try await drive.charter(of: card.run).flow.goesOnWhenStale
                let end = try await drive.take(card.run, wish: goesOn ? nil : .abort)
                if end.rawValue > worst.rawValue { worst = end }
            } catch let error as VoyageError {
                Terminal.complain(error.description)
                worst = Wording.exit(for: error, begins: false)
            }
        }
        return worst
    }
}

extension RunState {
    /// Whether it stands still, or will before the next step, because somebody asked for that.
    fileprivate var isPausing: Bool {
        if case .paused = course { return true }
        return pauseWish != nil
    }
}
