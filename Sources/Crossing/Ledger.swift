internal import YAML

/// Which fields of the resources were dealt with, and what is to be said of them.
struct Ledger {
    private struct Entry: Hashable {
        let object: Int
        let path: [YAMLStep]
    }

    private(set) var notes: [CrossingNote] = []
    private var settled: Set<Entry> = []
    /// Those whose meaning came along.
    private var kept: Set<Entry> = []

    /// The meaning of a field, and of all inside it, came along.
    mutating func carry(_ field: ForeignField) {
        kept.insert(Entry(object: field.object, path: field.path))
        settle(field)
    }

    mutating func settle(_ field: ForeignField) {
        settled.insert(Entry(object: field.object, path: field.path))
    }

    mutating func add(_ note: CrossingNote) {
        guard !notes.contains(note) else { return }
        notes.append(note)
    }

    /// Whether it, or what it is inside of, was dealt with.
    func isSettled(_ field: ForeignField) -> Bool {
        (0...field.path.count).contains { count in
            settled.contains(Entry(object: field.object, path: Array(field.path.prefix(count))))
        }
    }

    /// Whether something inside it was dealt with.
    func isOpened(_ field: ForeignField) -> Bool {
        settled.contains { $0.object == field.object && $0.path.starts(with: field.path) }
    }

    func carried(_ objects: [ForeignObject]) -> Set<String> {
        Set(kept.map { "\(objects[$0.object].title): \($0.path.pathText)" })
    }
}
