internal import CanaryEngine
internal import Synchronization

/// The tests whose requests nobody has counted yet: those that run right now, those whose report is
/// not remembered yet, and those that were called off.
///
/// Gates leave their seconds out.
final class TestsUnderWay: Sendable {
    struct Spell: Hashable, Sendable {
        let id: OrderID
        /// Readings of the run's clock.
        let began: Duration
        /// nil while it runs, or while its report is on its way.
        var ended: Duration?
    }

    private let spells = Mutex<[Spell]>([])

    func begin(_ id: OrderID, at clock: Duration) {
        spells.withLock { $0.append(Spell(id: id, began: clock, ended: nil)) }
    }

    /// It was called off: no report will ever count its requests.
    func callOff(_ id: OrderID, at clock: Duration) {
        spells.withLock { spells in
            for index in spells.indices where spells[index].id == id { spells[index].ended = clock }
        }
    }

    /// What is uncounted now; a spell whose report has been heard is forgotten.
    func uncounted(isAwaited: (OrderID) -> Bool) -> [Spell] {
        spells.withLock { spells in
            spells.removeAll { $0.ended == nil && !isAwaited($0.id) }
            return spells
        }
    }
}
