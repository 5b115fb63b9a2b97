internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import IstioRoutes
internal import Journal
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
        let store = try Ground.journal(request)
        let card = try await RunChoice(request, store).find(request.operand ?? "")
        let answer: Inbox.Answer
        do {
            answer = try await Inbox(store: store, run: card.run).leave(
                .abort, patience: patience)
        } catch let error as JournalError where error.code != .unknownRun {
            return try await withoutJournal(card, error)
        }
        let ground = try await Ground.cluster(request)
        let drive = Drive(request: request, ground: ground, store: store)
        switch answer {
        case .granted:
            return done(try await drive.follow(card.run))
        case .refused(let why):
            Terminal.complain(
                """
                run: abort is refused: \(why)
                  where: run \(card.run)
                  do:    see `theseus show \(card.run)`
                """)
            return .refused
        case .unanswered:
            return done(try await drive.take(card.run, wish: .abort, byForce: true))
        }
    }

    /// Rolled back is just what was asked for.
    private func done(_ end: ExitCode) -> ExitCode { end == .rolledBack ? .done : end }

    /// The journal cannot be written: weights go home by what stands on the routes, and the holder
    /// is told by its lease.
    private func withoutJournal(_ card: RunCard, _ error: JournalError) async throws -> ExitCode {
        Terminal.complain("\(error)")
        let ground = try await Ground.cluster(request)
        let lease = TargetLease(
            client: ground.rig.cluster, namespace: card.namespace, service: card.service,
            run: card.run, holder: "\(Environment.host)/\(Environment.process)",
            pace: ground.rig.pace)
        try? await lease.leaveAbort(by: Environment.person)
        let done = try await IstioRouter.emergencyHome(
            client: ground.rig.cluster, namespace: card.namespace, service: card.service,
            run: card.run)
        Terminal.complain(
            Advice.unwritable(
                card.run, done.isEmpty ? "no weight had been moved" : done.joined(separator: "; ")))
        return .personNeeded
    }
}
