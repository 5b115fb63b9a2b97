/// When which transfer must be over, soonest first; a binary heap.
///
/// An entry whose transfer has ended is left where it is until its time comes, or until such
/// entries are the greater part.
struct DeadlineQueue {
    private struct Entry {
        let time: Duration
        let number: Int
    }

    private var heap: [Entry] = []

    var soonest: Duration? { heap.first?.time }

    var count: Int { heap.count }

    mutating func add(_ number: Int, at time: Duration) {
        heap.append(Entry(time: time, number: number))
        var child = heap.count - 1
        while child > 0, heap[child].time < heap[(child - 1) / 2].time {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes out one whose time has come.
    mutating func next(at now: Duration) -> Int? {
        guard let first = heap.first, first.time <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink(from: 0)
        return first.number
    }

    /// Keeps only those that `isAlive`.
    mutating func prune(_ isAlive: (Int) -> Bool) {
        heap.removeAll { !isAlive($0.number) }
        for parent in (0..<heap.count / 2).reversed() { sink(from: parent) }
    }

    private mutating func sink(from start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
