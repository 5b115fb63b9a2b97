/// What must now be done.
///
/// Derived from the state, never stored.
package struct Order: Hashable, Sendable {
    package let id: OrderID
    package let work: Work
    package let repetition: Repetition
}

package enum Work: Hashable, Sendable {
    /// The leg itself.
    case carryOut(Leg)
    /// Waits until the leg's time is used up.
    case wait(Deadline)
    /// Judges a gate again and again.
    case watch(gate: String)
    /// Sees that the candidate has ready pods and that nobody moved its weight.
    case watchCandidate
    /// One round of a test during a bake; rounds after the first wait a little.
    case test(TestCall, round: Int)
}

/// A stretch of the run's clock.
package struct Deadline: Hashable, Sendable {
    /// The reading of the run's clock from which `limit` counts.
    package let start: Duration
    package let limit: Duration

    package var end: Duration { start + limit }
}

/// Which order: its place in the run, its lane there, and which attempt.
package struct OrderID: Hashable, Sendable {
    package enum Course: Hashable, Sendable {
        case forward
        case home
        case closing
        case asking
        case paused
        /// A person is needed: who is called is told so.
        case stopped
    }

    /// Orders in force side by side at one place.
    package enum Lane: Hashable, Sendable {
        case main
        case deadline
        case longest
        case gate(Int)
        case test(Int)
        case candidate
    }

    package let course: Course
    /// On the way home and in closing the step at which the run turned; of a run that needs a person,
    /// for which time it does.
    package let step: Int
    package let leg: Int
    package let lane: Lane
    package let attempt: Int

    package init(course: Course, step: Int, leg: Int, lane: Lane, attempt: Int) {
        self.course = course
        self.step = step
        self.leg = leg
        self.lane = lane
        self.attempt = attempt
    }
}
