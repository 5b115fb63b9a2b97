internal import Glibc

/// The machine's own clocks; `speed` is 1 but against a served lab, whose clock may run faster.
package struct RealTime: Timekeeper {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let speed: Int

    package init(speed: Int = 1) {
        start = clock.now
        self.speed = speed
    }

    package var now: Duration { (clock.now - start) * speed }

    package var date: Int {
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
