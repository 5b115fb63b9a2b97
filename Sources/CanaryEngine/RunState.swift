/// Where one run stands.
///
/// Hears facts (`hear`), and says which orders are in force (`orders`).
///
///     advancing ──▶ … ──▶ closing ──▶ promoted
///       │  ▲ ╰▶ asking, paused ╮ │
///       ▼  ╰───────────────────╯ ╰──▶ personNeeded ──▶ closing
///     returning ──▶ rolledBack
///       ╰──▶ personNeeded ──▶ returning
package struct RunState: Hashable, Sendable {
    /// The version of the machine; stands in every record, and an unknown one is refused by name.
    package static let machine = 1
    /// No window looks back further than this.
    static let memory = Duration.seconds(1800)

    package var epoch = 0
    package var holder = ""
    /// The run's clock at the newest fact: the time under holders, summed up.
    package var clock = Duration.zero
    package var course = Course.advancing(Progress(step: 0, leg: 0, entered: .zero))
    /// How many steps have begun: what there is to undo.
    package var begun = 0
    package var backup: Backup?
    /// What the candidate consisted of when its pods were ready.
    package var likeness: Likeness?
    /// The candidate's share as last ordered.
    package var weight = TrafficWeight.none
    /// When the weight had taken effect, by the run's clock: windows begin here.
    package var weightSince: Duration?
    /// Requests of our own tests since the weight took effect.
    package var ownRuns: [OwnRun] = []
    /// In the order of their recording.
    package var baselines: [Baseline] = []
    /// The at-most-once order under way.
    package var startedOnce: OrderID?
    /// Who wants the run to stand still at the next step.
    package var pauseWish: String?
    /// The number of the newest wish that was answered.
    package var answeredWish = 0
    /// How often a person was called.
    package var troubles = 0

    package init() {}
}

package enum Course: Hashable, Sendable {
    /// Towards the candidate. Next: the next leg, `asking`, `paused`, `returning`, `closing`.
    case advancing(Progress)
    /// A test was cut off, or a gate had not enough evidence: a person says how to go on.
    ///
    /// Next: `advancing`, `returning`.
    case asking(Progress)
    /// Stands still before a step, gates on. Next: `advancing`, `returning`.
    case paused(Progress, by: String)
    /// On the way home. Next: the next leg, `rolledBack`, `personNeeded`.
    case returning(Return)
    /// Promotion is decided: only forward. Next: the next leg, `promoted`, `personNeeded`.
    case closing(Progress)
    /// The end: the candidate is what users have.
    case promoted
    /// The end: users are on stable, the cluster is as before.
    case rolledBack(Setback)
    /// Stopped where a person must look, who is called first. Next: where it stopped, on the wish
    /// `resume`.
    case personNeeded(Trouble)
}

/// A place on the way: a step, a leg of it, and which attempt.
package struct Progress: Hashable, Sendable {
    package var step: Int
    package var leg: Int
    package var attempt = 0
    /// The run's clock when the leg began.
    package var entered: Duration
    /// When the first try of a test began whose tries have a time budget, once there is a second.
    package var firstTry: Duration?
    /// What a bake has seen so far; of other legs, empty.
    package var tally = BakeTally()

    package init(step: Int, leg: Int, entered: Duration) {
        self.step = step
        self.leg = leg
        self.entered = entered
    }
}

package struct BakeTally: Hashable, Sendable {
    /// The newest verdict of each gate, by its place in the bake.
    package var verdicts: [Int: Verdict.Ruling] = [:]
    /// Rounds of each test, by its place in the bake.
    package var rounds: [Int: Rounds] = [:]
    package var hasLastedLongEnough = false

    package init() {}

    /// Nobody looked on for a while: only the numbers of the rounds go on, since they name orders.
    mutating func beginAgain() {
        verdicts = [:]
        hasLastedLongEnough = false
        for index in rounds.keys {
            rounds[index]?.passed = 0
            rounds[index]?.failedInARow = 0
        }
    }

    package struct Rounds: Hashable, Sendable {
        package var finished = 0
        package var passed = 0
        package var failedInARow = 0

        package init() {}
    }
}

package struct Return: Hashable, Sendable {
    package var why: Setback
    /// Where the run turned.
    package var place: Progress

    package init(why: Setback, place: Progress) {
        self.why = why
        self.place = place
    }
}

/// What stopped the run, and where it goes on once a person has helped.
package struct Trouble: Hashable, Sendable {
    package enum Stop: Hashable, Sendable {
        case returning(Return)
        case closing(Progress)
    }

    package let setback: Setback
    package let stop: Stop
    /// Where the hooks stand that call somebody; nil: all were called, and the run rests.
    package var calling: Progress?

    package init(setback: Setback, stop: Stop, calling: Progress? = nil) {
        self.setback = setback
        self.stop = stop
        self.calling = calling
    }
}

/// One run of a test of ours through the mesh.
package struct OwnRun: Hashable, Sendable {
    package let start: Duration
    package let end: Duration
    package let traffic: OwnTraffic

    package init(start: Duration, end: Duration, traffic: OwnTraffic) {
        self.start = start
        self.end = end
        self.traffic = traffic
    }
}

package struct Baseline: Hashable, Sendable {
    package let test: String
    package let measures: [Measure]

    package init(test: String, measures: [Measure]) {
        self.test = test
        self.measures = measures
    }
}

extension RunState {
    /// When the present leg began, by the run's clock.
    package var legEntered: Duration {
        switch course {
        case .advancing(let place), .asking(let place), .paused(let place, _), .closing(let place):
            place.entered
        case .returning(let way): way.place.entered
        case .personNeeded(let trouble): trouble.calling?.entered ?? clock
        case .promoted, .rolledBack: clock
        }
    }

    /// Nothing is left to do, or nothing before a person has looked.
    package var isOver: Bool {
        switch course {
        case .promoted, .rolledBack: true
        case .personNeeded(let trouble): trouble.calling == nil
        case .advancing, .asking, .paused, .returning, .closing: false
        }
    }
}
