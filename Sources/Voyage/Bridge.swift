package import CanaryEngine
package import Journal
import Synchronization

/// Where a run stands right now, for those who carry out its orders: state, journal head, clock.
package final class Bridge: Sendable {
    private struct Reading: Sendable {
        var state: RunState
        var head: JournalHead
    }

    private let reading: Mutex<Reading>

    package init(state: RunState, head: JournalHead) {
        reading = Mutex(Reading(state: state, head: head))
    }

    package var state: RunState { reading.withLock { $0.state } }
    package var head: JournalHead { reading.withLock { $0.head } }

    func believe(_ state: RunState, _ head: JournalHead) {
        reading.withLock { $0 = Reading(state: state, head: head) }
    }
}
