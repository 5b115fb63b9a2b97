/// How long a run may take, from its own deadlines.
extension RunPlan {
    /// Every wait on the way forward uses its whole time, and the run is promoted all the same.
    ///
    /// People who pause it, and the time without a holder, come on top.
    package var longestForward: Duration {
        steps.indices.reduce(sum(legsOfClosing)) { $0 + sum(legs(ofStep: $1)) }
    }

    /// The way home from the last step, every wait of it at its limit.
    package var longestHome: Duration { sum(legsHome(begun: steps.count)) }

    private func sum(_ legs: [Leg]) -> Duration {
        legs.reduce(.zero) { $0 + $1.longest(limits) }
    }
}

extension Leg {
    /// With all the tries that a test has; each has its own deadline.
    fileprivate func longest(_ limits: Limits) -> Duration {
        if case .test(let call) = self { return limit(limits) * max(1, call.attempts) }
        return limit(limits)
    }
}
