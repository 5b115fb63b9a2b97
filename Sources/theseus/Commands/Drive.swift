internal import CanaryEngine
internal import Chronicle
internal import JSONTree
internal import Journal
internal import Lab
internal import Processes
internal import Synchronization
internal import Timekeeping
internal import Voyage

/// One process's drive of a run, told line by line; its end is the exit code.
struct Drive: Sendable {
    let request: CommandRequest
    let ground: Ground
    let store: any JournalStore
    /// Ends a following, too, when a signal comes.
    private let interruption = Interruption()

    init(request: CommandRequest, ground: Ground, store: any JournalStore) {
        self.request = request
        self.ground = ground
        self.store = store
    }

    func begin(_ charter: RunCharter) async throws -> ExitCode {
        let signals = watchedSignals()
        return try await finish(try await expedition.begin(charter, signals: signals))
    }

    func take(_ run: String, wish: Wish.Kind? = nil, byForce: Bool = false) async throws
        -> ExitCode
    {
        let signals = watchedSignals()
        let before = try await RunLog(run: run, store: store).last()?.state.course
        let outcome = try await expedition.take(
            run, byForce: byForce, wish: wish, signals: signals)
        if before == .promoted { Terminal.complain("run \(run) was promoted") }
        return try await finish(outcome)
    }

    func charter(of run: String) async throws -> RunCharter {
        try await expedition.charter(of: RunLog(run: run, store: store))
    }

    private var expedition: Expedition {
        let teller = FactTeller(request, lab: ground.lab)
        return Expedition(
            rig: ground.rig, store: store,
            holder: "\(Environment.host)/\(Environment.process)", actor: Environment.person,
            version: Dispatch.version, report: { teller.tell($0, $1) })
    }

    private func watchedSignals() -> Signals {
        let signals = Signals()
        let stops = request.value("--on-interrupt") == "stop"
        let interruption = interruption
        SignalWatch.start { heard in
            interruption.note()
            switch heard {
            case .end where !stops: signals.wish(.abort, by: "a signal")
            case .end, .stop: signals.stop()
            }
        }
        return signals
    }

    private func finish(_ outcome: Expedition.Outcome) async throws -> ExitCode {
        let run = outcome.charter.run
        switch outcome.end {
        case .success(let state):
            return told(state, run)
        case .failure(.interrupted):
            Terminal.complain(Advice.interrupted(run))
            return .interrupted
        case .failure(.unwritable(let error, let home)):
            Terminal.complain("\(error)")
            Terminal.complain(Advice.unwritable(run, error, home))
            return .personNeeded
        case .failure(.displaced(let other)):
            Terminal.complain("run \(run): \(other) holds it now; following it")
            return try await follow(run)
        }
    }

    /// Somebody else drives: watches the journal, and ends as the run ends.
    ///
    /// What was remembered after `sequence` is told; nil: what is remembered from now on.
    func follow(_ run: String, after sequence: Int? = nil) async throws -> ExitCode {
        let log = RunLog(run: run, store: store)
        var seen = 0
        if let sequence { seen = sequence } else { seen = try await log.last()?.sequence ?? 0 }
        let charter = try await expedition.charter(of: log)
        let teller = FactTeller(request, lab: nil)
        interruption.forget()
        while true {
            for fact in try await log.facts(from: seen + 1) {
                seen = fact.sequence
                teller.tell(fact, charter)
            }
            if let last = try await log.last(), last.state.isOver { return told(last.state, run) }
            if interruption.isNoted {
                Terminal.complain(Advice.followedNoMore(run))
                return .interrupted
            }
            try await ground.rig.time.sleep(for: .milliseconds(500))
        }
    }

    private func told(_ state: RunState, _ run: String) -> ExitCode {
        switch state.course {
        case .promoted:
            return .done
        case .rolledBack(let why):
            if !request.wantsJSON {
                Terminal.complain("run \(run) rolled back: \(why.reason)")
            }
            return .rolledBack
        case .personNeeded(let trouble):
            Terminal.complain(Advice.personNeeded(run, trouble, state))
            return .personNeeded
        case .advancing, .asking, .paused, .returning, .closing:
            return .interrupted
        }
    }
}

/// Whether a signal came since we last looked.
private final class Interruption: Sendable {
    private let noted = Mutex(false)

    var isNoted: Bool { noted.withLock { $0 } }

    func note() { noted.withLock { $0 = true } }

    func forget() { noted.withLock { $0 = false } }
}

/// What to do next, in three lines.
enum Advice {
    static func followedNoMore(_ run: String) -> String {
        """
        run: followed no more; another process drives it on
          where: run \(run)
          do:    see `theseus status`, or `theseus abort \(run)` to bring traffic home
        """
    }

    static func interrupted(_ run: String) -> String {
        """
        run: stopped, resumable
          where: run \(run)
          do:    `theseus resume \(run)`, or `theseus abort \(run)` to bring traffic home
        """
    }

    static func unwritable(_ run: String, _ error: JournalError, _ home: String) -> String {
        let remedy =
            switch error.code {
            case .busy: "end the process that keeps the journal locked"
            case .damaged: "give --journal a copy that is whole"
            case .denied: "give this account the right that it names"
            case .unreachable: "see that the API server answers"
            case .exists, .unknownRun, .displaced, .unwritable, .unreadable, .tooLarge:
                "free the journal's disk"
            }
        return """
            run: nothing can be remembered any more; \(home)
              where: run \(run)
              do:    \(remedy), then `theseus resume \(run)`
            """
    }

    static func unreadable(_ service: String, _ home: String) -> String {
        """
        run: the journal cannot be read; \(home)
          where: service \(service)
          do:    give --journal a copy that is whole, then `theseus resume \(service)`
        """
    }

    static func personNeeded(_ run: String, _ trouble: Trouble, _ state: RunState) -> String {
        let where_ =
            switch trouble.stop {
            case .returning: "on the way home"
            case .closing: "after the promotion was decided"
            }
        return """
            run: a person is needed: \(trouble.setback.reason)
              where: run \(run), \(where_); the candidate's weight is \(state.weight.percent)%
              do:    mend that, then `theseus resume \(run)`
            """
    }
}
