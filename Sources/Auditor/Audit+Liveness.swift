internal import CanaryEngine
internal import Chronicle
internal import Manifests

/// L1, L2, L3, L7, and the part of S2 that speaks of time.
extension Audit {
    /// A version that empties loses its weight within so many milliseconds, if stable is ready.
    static let longestEmpty = 600_000
    /// What a run may take beyond the sum of its bounds.
    static let slack = Duration.seconds(900)

    /// L3 and L7: every wait counts from a moment that the journal has, and nothing moves it.
    mutating func checkDeadlines() {
        var last: LoggedFact?
        for logged in log.facts {
            defer { last = logged }
            if let last, logged.state.clock < last.state.clock {
                report("L3", "the run's clock goes back at record \(logged.sequence)")
            }
            guard let place = Self.place(logged.state) else { continue }
            if place.entered > logged.state.clock {
                report(
                    "L3", "a wait of record \(logged.sequence) counts from a moment to come")
            }
            guard let last, let old = Self.place(last.state),
                Self.course(last.state) == Self.course(logged.state),
                old.step == place.step, old.leg == place.leg, old.entered != place.entered
            else { continue }
            switch logged.fact {
            case .held, .tested, .wished: continue
            default: break
            }
            report(
                "L7",
                "record \(logged.sequence) moves the deadline of step \(place.step + 1), leg"
                    + " \(place.leg + 1)")
        }
    }

    private static func place(_ state: RunState) -> Progress? {
        switch state.course {
        case .advancing(let place), .asking(let place), .paused(let place, _),
            .closing(let place):
            place
        case .returning(let way): way.place
        case .personNeeded(let trouble): trouble.calling
        case .promoted, .rolledBack: nil
        }
    }

    private static func course(_ state: RunState) -> Int {
        switch state.course {
        case .advancing: 0
        case .asking: 1
        case .paused: 2
        case .returning: 3
        case .closing: 4
        case .promoted, .rolledBack, .personNeeded: 5
        }
    }

    /// L1: the run's clock at its end is within what its plan allows.
    mutating func checkLength() {
        guard let plan = evidence.plan, let last = log.facts.last else { return }
        // Each holder may begin the stretch again at which the one before it stopped, and a person
        // may send the run on once more.
        let stretches = log.facts.count { logged in
            switch logged.fact {
            case .held: true
            case .wished(let wish): wish.kind == .resume
            default: false
            }
        }
        let pauses = log.facts.count { logged in
            switch (logged.fact, logged.state.course) {
            case (.wished(let wish), _) where wish.kind == .pause: true
            case (.held, .asking): true
            default: false
            }
        }
        let most =
            RunBound.whole(plan) * max(1, stretches) + plan.limits.pause * pauses + Self.slack
        if last.state.clock > most {
            report("L1", "the run took \(last.state.clock), and its bounds sum to \(most)")
        }
    }

    /// L2: on the way home the candidate keeps no more than stable cannot carry.
    ///
    /// Time without a holder does not count, nor what a busy API server may take for one write.
    mutating func checkHome(at date: Int) {
        guard let plan = evidence.plan, !evidence.hasForeignHands,
            let turned = log.turned, date >= turned.date
        else { return }
        let now = log.clock(at: date)
        if let (since, share) = overloadedSince, now - since > plan.limits.write {
            report(
                "L2",
                "\((now - since).components.seconds) s after it could go home the candidate still"
                    + " had \(share)%")
            overloadedSince = nil
            return
        }
        let ready = world.readyPods(.stable, at: date)
        let carried = Self.carry(ready: ready, ofStableReady: log.stableReady)
        let share = world.tables.map { world.candidateShare(in: $0) }.max() ?? 0
        if share <= 100 - carried || isPromoting {
            overloadedSince = nil
        } else if overloadedSince == nil {
            overloadedSince = (now, share)
        }
    }

    /// S17: several VirtualServices differ no longer than the write that moves them may take, and where
    /// that fails the one that puts them back; each holder may begin its own anew.
    mutating func checkTogether(at date: Int) {
        guard let plan = evidence.plan, !evidence.hasForeignHands, world.tables.count > 1 else {
            differingSince = nil
            return
        }
        let now = log.clock(at: date)
        if let since = differingSince {
            let holders = log.facts.count { if case .held = $0.fact { true } else { false } }
            if now - since > plan.limits.write * (holders + 1) {
                report(
                    "S17",
                    "the routes gave the candidate different shares for"
                        + " \((now - since).components.seconds) s")
                differingSince = nil
                return
            }
        }
        let shares = world.tables.map { world.candidateShare(in: $0) }
        let spread = (shares.max() ?? 0) - (shares.min() ?? 0)
        // Of a small pool a hundredth cannot be said.
        let pool = world.tables.flatMap(\.routes).filter { !$0.isAside }.map(\.pool).min() ?? 100
        if spread <= (pool < 100 ? 100 / max(1, pool) : 0) {
            differingSince = nil
        } else if differingSince == nil {
            differingSince = now
        }
    }

    /// S2: the candidate's weight does not stay where no pod is.
    mutating func checkEmpty(at date: Int, isLast: Bool = false) {
        guard world.hasChanged || isLast else { return }
        let isEmpty =
            world.tables.contains { world.candidateShare(in: $0) > 0 }
            && !world.hasReadyPod(.candidate)
            && world.hasReadyPod(.stable)
            && !isPromoting
        if let since = emptySince, date - since > Self.longestEmpty {
            report(
                "S2",
                "the candidate had weight and no ready pod for \((date - since) / 1000) s, from"
                    + " \(since) on")
            emptySince = isEmpty ? date : nil
        } else if !isEmpty {
            emptySince = nil
        } else if emptySince == nil {
            emptySince = date
        }
    }
}
