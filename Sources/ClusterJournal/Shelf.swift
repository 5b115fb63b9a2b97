internal import Journal
internal import Manifests

/// All segments of a run, one chain: what the journal knew of it when it last looked.
struct Shelf: Sendable {
    let run: String
    let key: String
    private(set) var segments: [Segment] = []

    init(run: String) {
        self.run = run
        key = JournalNames.key(of: run)
    }

    var head: JournalHead { segments.last?.records.last?.head ?? .start }

    /// The segment that the next record may go into.
    var open: Segment? { segments.last.flatMap { $0.isClosed ? nil : $0 } }

    /// The number of the segment that is not known to be closed, whether it is there or not.
    var openNumber: Int { open?.number ?? segments.count + 1 }

    func records(from first: Int) -> [JournalRecord] {
        guard first > 1 else { return segments.flatMap(\.records) }
        return segments.reduce(into: []) { found, segment in
            guard let last = segment.records.last, last.sequence >= first else { return }
            found += segment.records.filter { $0.sequence >= first }
        }
    }

    /// Takes a segment in, in place of what was known of it, or behind all others.
    mutating func put(_ segment: Segment) {
        segments.removeAll { $0.number >= segment.number }
        segments.append(segment)
    }

    /// Reads segment `number` and takes it in.
    mutating func read(_ object: KubernetesObject, number: Int) throws(Damage) {
        let before = segments.prefix { $0.number < number }
        guard before.count == number - 1 else { throw Damage("segment \(number - 1) is missing") }
        if let last = before.last, !last.isClosed {
            throw Damage("segment \(number) is there, and segment \(last.number) is not closed")
        }
        put(
            try Segment(
                object, number: number, run: run,
                after: before.last?.records.last?.head ?? .start))
    }
}
