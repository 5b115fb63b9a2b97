internal import Synchronization

/// Plays many things side by side; each play blocks the thread that it runs on.
package struct Lanes: Sendable {
    private let count: Int

    package init(_ count: Int) { self.count = max(1, count) }

    /// What came of each, in the order of the items, whichever was done first.
    ///
    /// `until`: no further item is begun once it says so; those have nil.
    package func map<Item: Sendable, Value: Sendable>(
        _ items: [Item], until isOver: @escaping @Sendable () -> Bool = { false },
        _ work: @escaping @Sendable (Item) -> Value
    ) async -> [Value?] {
        let board = Board<Value>(items.count)
        await withDiscardingTaskGroup { group in
            for _ in 0..<count {
                group.addTask {
                    while !isOver() {
                        guard let place = board.next() else { return }
                        board.put(work(items[place]), at: place)
                    }
                }
            }
        }
        return board.values
    }
}

/// Which item is next, and what came of those that are done.
private final class Board<Value: Sendable>: Sendable {
    private struct State {
        var next = 0
        var values: [Value?]
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(values: [Value?](repeating: nil, count: count)))
    }

    var values: [Value?] { state.withLock { $0.values } }

    func next() -> Int? {
        state.withLock { state in
            guard state.next < state.values.count else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    func put(_ value: Value, at place: Int) { state.withLock { $0.values[place] = value } }
}
