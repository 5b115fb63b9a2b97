internal import CanaryEngine
internal import Chronicle

/// S6: whoever is to be told how a run ended was told, or called in vain; no crash loses that.
extension Audit {
    mutating func checkTold(_ state: RunState) {
        guard let plan = evidence.plan else { return }
        let end: String
        let course: OrderID.Course
        let legs: [Leg]
        switch state.course {
        case .promoted: (end, course, legs) = ("promoted", .closing, plan.legsOfClosing)
        case .rolledBack: (end, course, legs) = ("rolled back", .home, state.wayHome(plan))
        case .personNeeded:
            (end, course) = ("a person is needed", .stopped)
            legs = plan.hooks[.personNeeded].map(Leg.tell)
        case .advancing, .asking, .paused, .returning, .closing: return
        }
        for (place, leg) in legs.enumerated() {
            guard case .tell(let call) = leg else { continue }
            let wasCalled = log.facts.contains { logged in
                guard let id = Self.answered(logged.fact) else { return false }
                return id.course == course && id.leg == place
                    && (course != .stopped || id.step == state.troubles)
            }
            if !wasCalled { report("S6", "\(end), and \(call.name) was never called") }
        }
    }

    /// The order to which a fact is an end.
    private static func answered(_ fact: Fact) -> OrderID? {
        switch fact {
        case .tested(let id, _), .failed(let id, _), .deadlinePassed(let id): id
        default: nil
        }
    }
}
