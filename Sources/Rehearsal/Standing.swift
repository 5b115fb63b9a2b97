package import CanaryEngine

/// Where a run stands, as scenarios ask for it.
package struct Standing: Sendable {
    package let state: RunState
    /// nil where the run waits for a person, or is over.
    package let leg: Leg?

    package init(_ state: RunState, _ plan: RunPlan) {
        self.state = state
        let (place, legs): (Progress?, [Leg]) =
            switch state.course {
            case .advancing(let place): (place, plan.legs(ofStep: place.step))
            case .returning(let way): (way.place, state.wayHome(plan))
            case .closing(let place): (place, plan.legsOfClosing)
            case .asking, .paused, .promoted, .rolledBack, .personNeeded: (nil, [])
            }
        leg = place.flatMap { legs.indices.contains($0.leg) ? legs[$0.leg] : nil }
    }

    package func isBaking(at percent: Int) -> Bool {
        if case .bake? = leg { state.weight.percent == percent } else { false }
    }

    package var isAwaitingReady: Bool {
        if case .awaitReady? = leg { true } else { false }
    }

    package var isGoingHome: Bool { leg == .goHome }

    package var isApproving: Bool { if case .approve? = leg { true } else { false } }

    package var isAwaitingWriteBack: Bool {
        if case .awaitWrittenBack? = leg { true } else { false }
    }

    package var isPausing: Bool { if case .pause? = leg { true } else { false } }

    package var isPaused: Bool { if case .paused = state.course { true } else { false } }

    package var isAsking: Bool { if case .asking = state.course { true } else { false } }

    package func isTesting(_ name: String) -> Bool {
        if case .test(let call)? = leg { call.name == name } else { false }
    }

    package var isDrainingStable: Bool { leg == .drainStable }

    package var isReturning: Bool { if case .returning = state.course { true } else { false } }

    package var isClosing: Bool { if case .closing = state.course { true } else { false } }
}
