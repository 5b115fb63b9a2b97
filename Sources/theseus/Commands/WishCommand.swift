internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import Journal
internal import Timekeeping
internal import Voyage

/// `approve`, `reject`, `pause`, `promote`: leaves a wish and waits for the holder's answer.
struct WishCommand: Sendable {
    let request: CommandRequest
    let kind: Wish.Kind

    init(_ request: CommandRequest, _ kind: Wish.Kind) {
        self.request = request
        self.kind = kind
    }

    func carryOut() async throws -> ExitCode {
        let logbook = try await Logbook.open(request, .writes)
        let store = logbook.store
        let card = try await RunChoice(request, logbook).find(request.operand ?? "")
        switch try await Inbox(store: store, run: card.run).leave(kind, patience: .seconds(10)) {
        case .granted:
            Terminal.say("run \(card.run): \(kind.rawValue)")
            if kind == .pause { await tellOfPause(RunLog(run: card.run, store: store)) }
            return .done
        case .refused(let why):
            Terminal.complain(
                """
                run: \(kind.rawValue) is refused: \(why)
                  where: run \(card.run)
                  do:    see `theseus status \(card.service)`
                """)
            return .refused
        case .unanswered:
            Terminal.complain(
                """
                run: nobody answers; \(kind.rawValue) is kept, and heard by whoever drives it next
                  where: run \(card.run)
                  do:    `theseus resume \(card.run)`, or `theseus abort \(card.run)`
                """)
            return .interrupted
        }
    }
}

extension WishCommand {
    /// It stands, but only as long as its process does.
    private func tellOfPause(_ log: RunLog) async {
        Terminal.say("  next: theseus resume \(log.run)")
        let goesOn = (try? await Charters.read(log))?.flow.goesOnWhenStale ?? false
        Terminal.say(
            "  should its process die, `theseus resume --all --stale` "
                + (goesOn ? "goes on with it" : "brings it home, paused or not"))
    }
}

extension RunState {
    /// Why no holder will ever honour that wish: from here the run only ends; nil where one might.
    ///
    /// An abort is asked about by whoever aborts: there is more to say of it.
    fileprivate func isPast(_ kind: Wish.Kind, _ log: RunLog) async -> String? {
        switch course {
        case .closing, .returning:
            let plan = (try? await Charters.read(log))?.flow.plan ?? RunPlan(steps: [])
            return kind == .abort ? nil : refusal(of: kind, plan)?.why
        case .advancing, .asking, .paused, .promoted, .rolledBack, .personNeeded: return nil
        }
    }
}

/// The inbox of a run, from the side of those who ask.
struct Inbox: Sendable {
    enum Answer: Sendable {
        /// In this record.
        case granted(Int)
        case refused(String)
        case unanswered
    }

    let store: any JournalStore
    let run: String

    func leave(_ kind: Wish.Kind, patience: Duration) async throws -> Answer {
        let log = RunLog(run: run, store: store)
        let time = RealTime()
        let before = try await log.last()
        guard let before else { return .unanswered }
        if before.state.isOver { return .refused("the run is over") }
        if let why = await before.state.isPast(kind, log) { return .refused(why) }
        let number = try await store.post(
            WishCodec.encode(kind, by: Environment.person), to: run)
        let begin = time.now
        while time.now - begin < patience {
            for fact in try await log.facts(from: before.sequence + 1) {
                switch fact.fact {
                case .wished(let wish) where wish.number == number:
                    return .granted(fact.sequence)
                case .refused(let wish, let why) where wish.number == number: return .refused(why)
                default: continue
                }
            }
            try await time.sleep(for: .milliseconds(100))
        }
        return .unanswered
    }
}
