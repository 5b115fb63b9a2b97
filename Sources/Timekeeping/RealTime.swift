internal import Glibc

/// The machine's own clocks; `speed` is 1 but against a served lab, whose clock may run faster.
package struct RealTime: Timekeeper {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let speed: Int
    /// A served lab's date at our start; nil: the machine's date counts.
    private let firstDate: Int?

    /// `date`: a served lab's own, in milliseconds since 1970.
    package init(speed: Int = 1, date: Int? = nil) {
        start = clock.now
        self.speed = speed
        firstDate = date
    }

    package var now: Duration { (clock.now - start) * speed }

    package var date: Int {
        if let firstDate { return firstDate + Int(now / .milliseconds(1)) }
        var reading = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &reading)
        return reading.tv_sec * 1000 + reading.tv_nsec / 1_000_000
    }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        do {
            try await Task.sleep(for: duration / speed, clock: clock)
        } catch {
            throw CancellationError()
        }
    }
}
