internal import CanaryEngine
package import Chronicle
internal import FlowFiles
package import Voyage

/// What became of one run, told from its facts alone: however many processes drove it.
package struct RunAccount: Sendable {
    enum End: Hashable, Sendable {
        case promoted
        case rolledBack(Setback)
        case personNeeded(Setback)
        /// Not over: nobody drives it now, or somebody else does.
        case open
    }

    let charter: RunCharter
    let end: End
    /// In the plan's order, with those that were not reached; the last is the promotion.
    let steps: [StepAccount]
    /// nil: the run never turned round.
    let wayHome: StepAccount?
    /// By the cluster's dates, in milliseconds since 1970.
    let began: Int
    let ended: Int
    /// Who began it.
    let actor: String
    /// The candidate's share at the newest fact.
    let weight: TrafficWeight

    var plan: RunPlan { charter.flow.plan }

    /// The steps, and the way home where there was one.
    var stretches: [StepAccount] { steps + (wayHome.map { [$0] } ?? []) }

    /// nil: nothing of the run was remembered yet.
    package init?(_ charter: RunCharter, _ facts: [LoggedFact]) {
        guard let first = facts.first, let last = facts.last else { return nil }
        self.charter = charter
        began = first.date
        ended = max(first.date, last.date)
        actor = first.actor
        weight = last.state.weight
        end =
            switch last.state.course {
            case .promoted: .promoted
            case .rolledBack(let why): .rolledBack(why)
            case .personNeeded(let trouble): .personNeeded(trouble.setback)
            case .advancing, .asking, .paused, .returning, .closing: .open
            }
        var retracing = Retracing(charter.flow.plan)
        for fact in facts { retracing.follow(fact) }
        (steps, wayHome) = retracing.finish(end)
    }
}

/// One step, or the way home, and what became of it.
struct StepAccount: Sendable {
    enum Outcome: Hashable, Sendable {
        case passed
        /// The run turned round here.
        case turned(Setback)
        /// Here the run stands, and nobody drives it, or a person is needed.
        case stands(String)
        case notReached
    }

    /// What was heard while it lasted, in words.
    struct Entry: Hashable, Sendable {
        var date: Int
        var words: String
        var details: [String]
    }

    /// Its place in the flow, from 1; 0: the way home.
    let number: Int
    let name: String
    var outcome = Outcome.notReached
    /// nil: it was not reached.
    var began: Int?
    var ended: Int?
    /// The candidate's share at its end.
    var weight = TrafficWeight.none
    var entries: [Entry] = []
    /// In the order in which they first ended.
    var tests: [TestAccount] = []
    var gates: [GateAccount] = []

    init(_ number: Int, _ name: String) {
        self.number = number
        self.name = name
    }

    /// In milliseconds.
    var took: Int? {
        guard let began, let ended else { return nil }
        return max(0, ended - began)
    }
}

/// One test, with every time that it ran in a step.
struct TestAccount: Sendable {
    let name: String
    var reports: [TestReport]

    /// The last one decided.
    var last: TestReport { reports[reports.count - 1] }
}

/// One gate, with the last of its verdicts in a step.
struct GateAccount: Sendable {
    let name: String
    /// Told, and decides nothing.
    let isWatched: Bool
    var verdict: Verdict
    /// How often it was judged.
    var looks: Int
}
