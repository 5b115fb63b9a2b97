internal import Timekeeping

/// The turnable world's time, as production rooms see it.
package struct LabClock: Timekeeper {
    package let world: TurnableWorld
    /// The date at virtual time zero, in milliseconds since 1970.
    package let epoch: Int

    /// 2026-01-05 12:00:00 UTC, a Monday.
    package static let defaultEpoch = 1_767_614_400_000

    package init(_ world: TurnableWorld, epoch: Int = LabClock.defaultEpoch) {
        self.world = world
        self.epoch = epoch
    }

    package var now: Duration { world.now }
    package var date: Int { epoch + world.now.milliseconds }

    /// Sleeps without lying down for it, where nobody else can go on before; else nothing happens.
    func passes(_ duration: Duration) -> Bool { world.passes(duration) }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        try await world.sleep(for: duration)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int {
        let parts = components
        return Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
    }

    var inSeconds: Double {
        let parts = components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}
