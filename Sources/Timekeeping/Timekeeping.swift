// Timekeeping — where time comes from, as a door, so that the Lab can turn the clock.
//
//   Timekeeper    monotonic readings, the date, and sleep
//   RealTime      the machine's clocks
//   CivilTime     a date as people and servers write it
//   within        a limit of time around any piece of work
//
// Nothing else in the house reads a clock.

/// Gives time: the machine's in production, the Lab's in a simulation.
package protocol Timekeeper: Sendable {
    /// A monotonic reading; only differences mean something.
    var now: Duration { get }
    /// The date, in milliseconds since 1970 (UTC).
    ///
    /// Jumps when somebody sets the clock: show it, never measure with it.
    var date: Int { get }
    /// Returns when `duration` has gone by; throws at once when the task is cancelled.
    func sleep(for duration: Duration) async throws(CancellationError)
}

/// The work took longer than it was given.
package struct OutOfTime: Error, Hashable, Sendable {
    package let limit: Duration

    package init(limit: Duration) { self.limit = limit }
}

/// Runs `work`, and calls it off when `limit` has gone by.
///
/// The work must heed cancellation.
package func within<Value: Sendable>(
    _ limit: Duration, by time: any Timekeeper,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await time.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        while let first = try await group.next() {
            guard let value = first else { throw OutOfTime(limit: limit) }
            return value
        }
        throw CancellationError()
    }
}
