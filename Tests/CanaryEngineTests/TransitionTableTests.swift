import CanaryEngine
import Golden
import Testing

@Suite struct TransitionTableTests {
    /// The whole machine on one page: a state of every kind, times every fact that it may hear.
    @Test func tableIsAsWritten() throws {
        let plan = Plans.asking
        var lines: [String] = []
        for (name, state) in Self.states(plan) {
            lines.append("\(name):")
            for (said, fact) in Self.facts(state, plan) {
                var next = state
                next.hear(fact, at: state.clock + .seconds(1), plan)
                if next.course == state.course, next.pauseWish == state.pauseWish { continue }
                lines.append("    \(said) -> \(Self.words(next))")
            }
        }
        try expectGolden(lines.joined(separator: "\n") + "\n", named: "transitions.txt")
    }

    private static let setback = Setback(.fault, "why")

    private static func states(_ plan: RunPlan) -> [(String, RunState)] {
        var states: [(String, RunState)] = []
        var run = Rehearsal(plan)
        var seen: [String] = []
        while true {
            let name = words(run.state)
            if !seen.contains(name) {
                seen.append(name)
                states.append((name, run.state))
            }
            if run.state.isOver || !run.answerWell() { break }
        }
        for wish in [Wish.Kind.abort, .pause] {
            var other = Rehearsal(plan)
            other.walk(toStep: 5)
            other.tell(.wished(Wish(wish, by: "mia")))
            while true {
                let name = words(other.state)
                if !seen.contains(name) {
                    seen.append(name)
                    states.append((name, other.state))
                }
                if case .paused = other.state.course { break }
                if other.state.isOver || !other.answerWell() { break }
            }
        }
        return states
    }

    private static func facts(_ state: RunState, _ plan: RunPlan) -> [(String, Fact)] {
        var facts: [(String, Fact)] = []
        for order in state.orders(plan) {
            let lane = "\(order.id.lane)"
            if let good = Rehearsal.goodAnswer(to: order) { facts.append(("\(lane) well", good)) }
            switch order.work {
            case .wait: facts.append(("\(lane) over", .deadlinePassed(order.id)))
            case .test:
                let report = TestReport(passed: false, sentence: "why")
                facts.append(("\(lane) fails", .tested(order.id, report)))
            case .watch(let gate):
                facts.append(
                    ("\(lane) fails", .judged(order.id, gate: gate, Verdict(.fail, "why"))))
            case .carryOut, .watchCandidate:
                facts.append(("\(lane) fails", .failed(order.id, setback)))
            }
        }
        for kind in Wish.Kind.allCases {
            facts.append((kind.rawValue, .wished(Wish(kind, by: "mia"))))
        }
        let holding = Holding(epoch: 9, holder: "b", version: "1", absence: .seconds(60))
        facts.append(("held", .held(holding)))
        return facts
    }

    private static func words(_ state: RunState) -> String {
        let pause = state.pauseWish == nil ? "" : ", pausing soon"
        switch state.course {
        case .advancing(let place):
            return "forward \(place.step + 1).\(place.leg)"
                + (place.attempt > 0 ? " again" : "") + pause
        case .asking(let place): return "asking at \(place.step + 1)"
        case .paused(let place, _): return "paused before \(place.step + 1)"
        case .returning(let way):
            return "home \(way.place.leg)" + (way.place.attempt > 0 ? " again" : "")
        case .closing(let place):
            return "closing \(place.leg)" + (place.attempt > 0 ? " again" : "")
        case .promoted: return "promoted"
        case .rolledBack: return "rolled back"
        case .personNeeded: return "a person is needed"
        }
    }
}
