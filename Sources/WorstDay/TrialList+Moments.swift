internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import JSONTree
internal import Lab
internal import Manifests
internal import Rehearsal

/// Trials at every moment of a day: deaths, aborts, and calls that go wrong.
extension TrialList {
    /// What a day was made of, moment by moment.
    struct Day: Sendable {
        let bill: Playbill
        let calls: [FaultPlan.Call]
    }

    /// Plays the brisk day once, and writes down its calls.
    func day() -> Day {
        let calls = FaultPlan { _ in nil }
        let bill = Self.briskDay.play(on: ground, noting: calls)
        return Day(bill: bill, calls: calls.calls)
    }

    private func state(of day: Day, after facts: Int) -> RunState? {
        facts > 0 && facts <= day.bill.facts.count ? day.bill.facts[facts - 1].state : nil
    }

    private func state(of day: Day, at moment: Duration) -> RunState? {
        let date = LabClock.defaultEpoch + milliseconds(moment)
        return day.bill.facts.last { $0.date <= date }?.state
    }

    private func place(_ state: RunState?) -> Place {
        state.map { Place(of: $0, ground.flow.plan) } ?? .beforehand
    }

    /// Place and leg: of what is done there again and again the first time counts.
    private func corner(_ state: RunState?) -> String {
        guard let state else { return "before" }
        let leg = Standing(state, ground.flow.plan).leg.map { "\($0)" } ?? "-"
        return "\(place(state).order) \(leg)"
    }

    // MARK: Deaths

    /// Before and after each effect; of like ones at the same leg only the first, unless `isWhole`.
    func deaths(of day: Day, isWhole: Bool) -> [Trial] {
        var known: Set<String> = []
        var facts = 0
        var trials: [Trial] = []
        for (index, label) in (day.bill.effects.first ?? []).enumerated() {
            let state = state(of: day, after: facts)
            if label.hasPrefix("journal: append") { facts += 1 }
            guard isWhole || known.insert("\(corner(state)) \(label)").inserted else { continue }
            for point in [Lifeline.Death.Point.before, .after] {
                let word = point == .before ? "before" : "after"
                trials.append(
                    Trial("kill:\(index + 1):\(word)", .killed, at: place(state)).with {
                        $0.death = Lifeline.Death(effect: index + 1, point: point)
                        $0.detail = "\(word) \(label)"
                    })
            }
        }
        return trials
    }

    // MARK: Aborts

    /// As each leg begins, and while each write is on its way.
    func aborts(of day: Day, isWhole: Bool) -> [Trial] {
        var moments: [(at: Duration, key: String)] = day.bill.facts.map { logged in
            (.milliseconds(logged.date - LabClock.defaultEpoch + 1), "\(corner(logged.state))")
        }
        for call in day.calls where call.method != "GET" {
            moments.append(
                (call.at + .milliseconds(1), "\(corner(state(of: day, at: call.at))) \(key(call))"))
        }
        moments.sort { $0.at < $1.at }
        var known: Set<String> = []
        var seen: Set<Int> = []
        return moments.compactMap { moment in
            let state = state(of: day, at: moment.at)
            let millisecond = milliseconds(moment.at)
            guard let state, !state.isOver, isWhole || known.insert(moment.key).inserted,
                seen.insert(millisecond).inserted
            else { return nil }
            return Trial("abort:\(millisecond)", .aborted, at: place(state)).with {
                $0.events = [.init(.at(.milliseconds(millisecond)), .signal(.abort))]
            }
        }
    }

    // MARK: Calls

    /// Once for each step, verb and kind; of all outcomes so many as the seed picks, one of each sort
    /// at least.
    func calls(of day: Day, isWhole: Bool, seed: UInt64) -> [Trial] {
        var dice = SeededGenerator(seed: seed &* 0x9FB2_1C65_1E98_DF25 &+ 1)
        var known: Set<String> = []
        return day.calls.flatMap { call -> [Trial] in
            let state = state(of: day, at: call.at)
            let place = place(state)
            guard isWhole || known.insert("\(place.order) \(key(call))").inserted else { return [] }
            let all = call.url.contains("watch=1") ? CallOutcome.ofStreams : CallOutcome.everyOne
            let chosen = isWhole ? all : Self.pick(all, &dice)
            return chosen.map { outcome in
                let number = (CallOutcome.ofStreams.firstIndex(of: outcome) ?? -1) + 1
                return Trial("call:\(call.number):\(number)", outcome.what, at: place).with {
                    $0.call = (call.number, outcome)
                    $0.detail = "\(outcome) at \(key(call))"
                    if outcome.isTimeOut { $0.excuses = leftLease }
                }
            }
        }
    }

    /// A denial, a conflict, an error, a break: of each sort one.
    private static func pick(_ all: [CallOutcome], _ dice: inout SeededGenerator) -> [CallOutcome] {
        var sorts: [(what: Trial.What, outcomes: [CallOutcome])] = []
        for outcome in all {
            if let place = sorts.firstIndex(where: { $0.what == outcome.what }) {
                sorts[place].outcomes.append(outcome)
            } else {
                sorts.append((outcome.what, [outcome]))
            }
        }
        return sorts.map { $0.outcomes[Int(dice.next() % UInt64($0.outcomes.count))] }
    }

    /// A lease that could not be given back runs out: it keeps nobody away for longer.
    private var leftLease: [String] {
        let target = ground.flow.target
        return ["S9 rolled back", "S6 promoted"].map {
            "\($0), and Lease \(target.namespace)/theseus-\(target.service) is left"
        }
    }

    /// Verb and kind.
    private func key(_ call: FaultPlan.Call) -> String {
        let isStream = call.url.contains("watch=1")
        let parts = call.url.prefix { $0 != "?" }.split(separator: "/")
        let kind = parts.last { Self.plurals.contains(String($0)) }.map(String.init) ?? "other"
        return "\(isStream ? "WATCH" : call.method) \(kind)"
    }

    private static let plurals = Set(ResourceKind.known.map(\.plural))

    private func milliseconds(_ duration: Duration) -> Int {
        Int((duration / .milliseconds(1)).rounded(.down))
    }
}
