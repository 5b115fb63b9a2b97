package import CanaryEngine
package import Journal
import Synchronization
package import Timekeeping

/// Where a run stands right now, for those who carry out its orders: state, journal head, clock.
package final class Bridge: Sendable {
    private struct Reading: Sendable {
        var state: RunState
        var head: JournalHead
    }

    private let reading: Mutex<Reading>
    private let time: any Timekeeper
    /// What to add to our clock's reading to have the run's.
    private let offset: Duration

    /// The run's clock goes on from where `state` left it.
    package init(state: RunState, head: JournalHead, time: any Timekeeper) {
        reading = Mutex(Reading(state: state, head: head))
        self.time = time
        offset = state.clock - time.now
    }

    package var state: RunState { reading.withLock { $0.state } }
    package var head: JournalHead { reading.withLock { $0.head } }
    /// The run's clock, now.
    package var clock: Duration { time.now + offset }

    func believe(_ state: RunState, _ head: JournalHead) {
        reading.withLock { $0 = Reading(state: state, head: head) }
    }
}
