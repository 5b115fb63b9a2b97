import CanaryEngine
import Golden
import Testing

@Suite struct WalkTests {
    /// The good day, leg by leg, on one page.
    @Test func goodDayIsAsWritten() throws {
        try expectGolden(Self.page(Plans.canary), named: "good-day.txt")
    }

    /// From each step home: which legs undo what had begun.
    @Test func wayHomeIsAsWritten() throws {
        var lines: [String] = []
        for begun in 0...Plans.canary.steps.count {
            let legs = Plans.canary.legsHome(begun: begun).map(\.name)
            lines.append("after \(begun) steps: \(legs.joined(separator: " · "))")
        }
        try expectGolden(lines.joined(separator: "\n") + "\n", named: "way-home.txt")
    }

    static func page(_ plan: RunPlan) -> String {
        var run = Rehearsal(plan)
        var lines: [String] = []
        while !run.state.isOver {
            let orders = run.state.orders(plan).map { "\(name($0))" }
            lines.append("\(place(run.state)): \(orders.joined(separator: ", "))")
            if !run.answerWell() { break }
        }
        lines.append("\(place(run.state))")
        return lines.joined(separator: "\n") + "\n"
    }

    static func place(_ state: RunState) -> String {
        switch state.course {
        case .advancing(let place):
            "step \(place.step + 1).\(place.leg) at \(state.weight.percent)%"
        case .closing(let place): "closing \(place.leg) at \(state.weight.percent)%"
        case .returning(let way): "home \(way.place.leg)"
        case .asking, .paused: "waits for a person"
        case .promoted: "promoted"
        case .rolledBack(let why): "rolled back: \(why.reason)"
        case .personNeeded(let trouble): "person needed: \(trouble.setback.reason)"
        }
    }

    static func name(_ order: Order) -> String {
        switch order.work {
        case .carryOut(let leg): leg.name
        case .wait(let deadline): "wait \(deadline.limit)"
        case .watch(let gate): "watch \(gate)"
        case .watchCandidate: "watch the candidate"
        case .test(let call, let round): "test \(call.name) round \(round)"
        }
    }
}
