internal import CanaryEngine
internal import Chronicle
internal import Manifests

/// The journal as the promises ask it: by sequence number, and for the moments that count.
struct LogIndex: Sendable {
    let facts: [LoggedFact]
    /// The backup; nil where the run did not come so far.
    let backup: (sequence: Int, backup: Backup)?
    /// The first record after which the run was on its way home.
    let turned: LoggedFact?
    /// The abort that was heard, be it that the run had turned already.
    let aborted: LoggedFact?
    let promotionDecided: LoggedFact?
    /// When all was said to be home; of a run that turned in the dark, when it did.
    let home: LoggedFact?

    init(_ facts: [LoggedFact]) {
        self.facts = facts
        var backup: (sequence: Int, backup: Backup)?
        var turned: LoggedFact?
        var aborted: LoggedFact?
        var decided: LoggedFact?
        var home: LoggedFact?
        for logged in facts {
            switch logged.fact {
            case .backedUp(_, let found) where backup == nil:
                backup = (logged.sequence, found)
            case .wished(let wish) where wish.kind == .abort && aborted == nil:
                aborted = logged
            case .promotionDecided where decided == nil:
                decided = logged
            default:
                break
            }
            if turned == nil, Self.isGoingHome(logged.state) {
                turned = logged
                if logged.state.weight == .none { home = logged }
            }
            if home == nil, case .done(let id, let note) = logged.fact, id.course == .home,
                note.hasPrefix("all traffic is home") || note.hasPrefix("all is home")
            {
                home = logged
            }
        }
        self.backup = backup
        self.turned = turned
        self.aborted = aborted
        promotionDecided = decided
        self.home = home
    }

    static func isGoingHome(_ state: RunState) -> Bool {
        switch state.course {
        case .returning, .rolledBack: true
        case .personNeeded(let trouble):
            if case .returning = trouble.stop { true } else { false }
        case .advancing, .asking, .paused, .closing, .promoted: false
        }
    }

    /// The record of that number; nil where there is none.
    func fact(_ sequence: Int) -> LoggedFact? {
        let place = sequence - (facts.first?.sequence ?? 1)
        if facts.indices.contains(place), facts[place].sequence == sequence {
            return facts[place]
        }
        return facts.first { $0.sequence == sequence }
    }

    /// The run's clock at a date: it stands still while nobody holds the run.
    func clock(at date: Int) -> Duration {
        guard let next = facts.firstIndex(where: { $0.date > date }) else {
            guard let last = facts.last else { return .zero }
            return last.state.isOver
                ? last.state.clock : last.state.clock + .milliseconds(date - last.date)
        }
        guard next > 0 else { return .zero }
        let last = facts[next - 1]
        return min(
            facts[next].state.clock, last.state.clock + .milliseconds(date - last.date))
    }

    var stableReady: Int { backup?.backup.stableReady ?? 0 }
}

/// What a run leaves on everything that it writes: run, epoch, and the journal's newest record.
struct Mark: Sendable {
    let run: String
    let epoch: Int?
    /// nil where the head cannot be read.
    let sequence: Int?
    let hash: String

    /// nil where no run has written.
    init?(on object: KubernetesObject) {
        guard let run = object.annotation(Cast.runAnnotation) else { return nil }
        self.run = run
        epoch = object.annotation("theseus.dev/epoch").flatMap { Int($0) }
        let head = object.annotation("theseus.dev/journal") ?? ""
        let colon = head.utf8.firstIndex(of: UInt8(ascii: ":"))
        hash = colon.map { String(head[head.utf8.index(after: $0)...]) } ?? ""
        sequence = hash.isEmpty ? nil : colon.flatMap { Int(head[..<$0]) }
    }
}
