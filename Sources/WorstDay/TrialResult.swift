internal import CanaryEngine
internal import Chronicle
internal import Lab
package import Rehearsal

/// What came of one trial.
package struct TrialResult: Hashable, Sendable {
    package let trial: String
    package let what: Trial.What
    package let place: Place
    package let detail: String
    /// nil: it did not end.
    package let end: Scenario.End?
    /// The whole run.
    package let lasted: Duration
    /// From the turn until the routes lead everybody home; nil where no user did, or it never turned.
    package let home: Duration?
    /// From the turn, or else from the beginning, to the end.
    package let over: Duration
    /// Where the run turned round.
    package let turned: Place?
    /// The engine's own words for it.
    package let why: String
    /// The candidate's greatest share in any record.
    package let greatestShare: Int
    /// On the way home or in closing, who was told longest, and how long that took.
    package let longestTelling: Telling?
    /// Users' requests at the candidate, and how many of them failed.
    package let requests: Double
    package let errors: Double
    /// Invariants that did not hold, a sentence each.
    package let broken: [String]

    package struct Telling: Hashable, Sendable {
        package let name: String
        package let lasted: Duration
    }

    init(_ trial: Trial, _ bill: Playbill, _ plan: RunPlan) {
        self.trial = trial.id
        what = trial.what
        place = trial.place
        detail = trial.detail
        end = bill.end
        lasted = bill.lasted
        let turn = bill.facts.firstIndex { $0.state.isTurned }
        turned = turn.map { $0 == 0 ? .beforehand : Place(of: bill.facts[$0 - 1].state, plan) }
        let last = bill.facts.last
        switch (last?.state.course, bill.end) {
        case (.rolledBack(let setback), _): why = setback.reason
        case (.personNeeded(let trouble), _): why = trouble.setback.reason
        case (_, .promoted): why = ""
        default: why = bill.trouble.map { String($0.prefix { $0 != "\n" }) } ?? ""
        }
        let begin = bill.facts.first?.date ?? 0
        let start = turn.map { bill.facts[$0].date } ?? begin
        over = .milliseconds((last?.date ?? start) - start)
        home = turn.flatMap { Self.home(from: $0, bill, plan) }
        greatestShare = bill.facts.map(\.state.weight.percent).max() ?? 0
        requests = bill.candidateRequests
        errors = bill.candidateErrors
        longestTelling = Self.longestTelling(bill, plan)
        broken = Self.broken(trial, bill, plan)
    }

    /// What a caller of `deploy` and then `resume` would see; nil: nothing yet.
    package var exit: Int32? {
        switch end {
        case .promoted: 0
        case .rolledBack: 1
        case .refused: 3
        case .personNeeded: 4
        case nil: nil
        }
    }

    /// The routes send everybody home once the leg that does so is left; the proxies follow within
    /// moments.
    private static func home(from turn: Int, _ bill: Playbill, _ plan: RunPlan) -> Duration? {
        guard turn > 0, bill.facts[turn - 1].state.weight > .none else { return nil }
        let arrival = bill.facts[turn...].first { logged in
            guard case .returning = logged.state.course else { return logged.state.isOver }
            return Standing(logged.state, plan).leg != .goHome
        }
        return arrival.map { .milliseconds($0.date - bill.facts[turn].date) }
    }

    private static func broken(_ trial: Trial, _ bill: Playbill, _ plan: RunPlan) -> [String] {
        var broken = bill.violations.filter { !trial.excuses.contains($0) }
        if bill.end == nil {
            broken.append("L1 it did not end: \(bill.trouble ?? "nobody said why")")
        }
        // Before a first release there is nobody whom users could reach.
        if !trial.mayLoseRequests, !plan.isFirstRelease, bill.lostRequests > 0 {
            broken.append("S2 \(Int(bill.lostRequests.rounded(.up))) requests of users were lost")
        }
        if bill.leakedRequests > 0 {
            broken.append(
                "S21 \(Int(bill.leakedRequests.rounded(.up))) requests of users met a dark candidate"
            )
        }
        return broken
    }

    private static func longestTelling(_ bill: Playbill, _ plan: RunPlan) -> Telling? {
        var sums: [(name: String, lasted: Int)] = []
        for (logged, next) in zip(bill.facts, bill.facts.dropFirst()) {
            guard case .tell(let call)? = Standing(logged.state, plan).leg else { continue }
            let lasted = next.date - logged.date
            if let place = sums.firstIndex(where: { $0.name == call.name }) {
                sums[place].lasted += lasted
            } else {
                sums.append((call.name, lasted))
            }
        }
        return sums.max { $0.lasted < $1.lasted }
            .map { Telling(name: $0.name, lasted: .milliseconds($0.lasted)) }
    }
}

extension RunState {
    /// On the way home, or at the end of it.
    fileprivate var isTurned: Bool {
        switch course {
        case .returning, .rolledBack: true
        case .personNeeded(let trouble):
            if case .returning = trouble.stop { true } else { false }
        case .advancing, .asking, .paused, .closing, .promoted: false
        }
    }
}
