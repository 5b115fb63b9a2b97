/// A test as a step names it.
package struct TestCall: Hashable, Sendable {
    package enum Baseline: Hashable, Sendable {
        case none
        /// Keeps the result's numbers for later steps to compare with.
        case record
        /// Fails where a number is worse than the recorded one by more than the tolerance.
        case compare
        /// Fails where a number is worse than stable's, measured at the same time.
        case stable
    }

    package var name: String
    package var baseline: Baseline
    package var timeout: Duration
    /// How often it may be tried in all; at least 1.
    package var attempts: Int
    package var repetition: Repetition
    /// How long to wait before the second try; twice as long before each further one.
    package var wait: Duration
    /// No wait is longer.
    package var longestWait: Duration
    /// After so long no further try begins; nil: the tries alone count.
    package var budget: Duration?
    /// How long it rests between its runs in a bake; nil: as long as usual.
    package var every: Duration?

    package init(
        _ name: String, baseline: Baseline = .none, timeout: Duration = .seconds(300),
        attempts: Int = 1, repetition: Repetition = .atLeastOnce, wait: Duration = .zero,
        longestWait: Duration = .seconds(60), budget: Duration? = nil, every: Duration? = nil
    ) {
        self.name = name
        self.baseline = baseline
        self.timeout = timeout
        self.attempts = attempts
        self.repetition = repetition
        self.wait = wait
        self.longestWait = max(wait, longestWait)
        self.budget = budget
        self.every = every
    }

    /// How long to wait before a try; the first is 0.
    package func wait(before attempt: Int) -> Duration {
        guard attempt > 0, wait > .zero else { return .zero }
        return min(longestWait, wait * (1 << min(attempt - 1, 16)))
    }
}

/// What a crash may do to an order.
package enum Repetition: Hashable, Sendable {
    /// A second time changes nothing: re-issued after a crash.
    case repeatable
    /// May be seen twice; carries the order's identity as its Idempotency-Key.
    case atLeastOnce
    /// Journaled before it starts; if a crash cuts it off it is never started again.
    case atMostOnce
}
