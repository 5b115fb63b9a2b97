import CanaryEngine
import Synchronization

/// The tests that run right now: what they send cannot be counted yet, so gates leave these seconds out.
final class TestsUnderWay: Sendable {
    private struct Entry: Sendable {
        let id: OrderID
        let began: Duration
    }

    private let entries = Mutex<[Entry]>([])

    /// The readings of the run's clock at which they began.
    var beginnings: [Duration] { entries.withLock { $0.map(\.began) } }

    func begin(_ id: OrderID, at clock: Duration) {
        entries.withLock { $0.append(Entry(id: id, began: clock)) }
    }

    func end(_ id: OrderID) {
        entries.withLock { $0.removeAll { $0.id == id } }
    }
}
