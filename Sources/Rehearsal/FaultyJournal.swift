internal import Journal
internal import Lab
internal import Synchronization

/// Which calls of the journal fail; the same seed, the same calls.
package final class JournalFaults: Sendable {
    private struct State {
        var calls = 0
        var isOver = false
    }

    private let rate: Double
    private let seed: UInt64
    private let state = Mutex(State())

    package init(rate: Double, seed: UInt64) {
        self.rate = rate
        self.seed = seed
    }

    /// From now on everything is kept.
    package func heal() { state.withLock { $0.isOver = true } }

    /// What the next write is answered with; nil: it is done.
    ///
    /// The disk may also be full after the record was written: nobody knows then.
    fileprivate func next() -> (error: JournalError, isKept: Bool)? {
        let (number, isOver) = state.withLock { state in
            state.calls += 1
            return (state.calls, state.isOver)
        }
        var dice = SeededGenerator(seed: seed &+ UInt64(number) &* 0x9E6C_63D0_876A_68DE)
        guard !isOver, dice.fraction() < rate else { return nil }
        let isBusy = dice.fraction() < 0.5
        return (
            JournalError(
                isBusy ? .busy : .unwritable, place: "memory", detail: "staged, call \(number)"),
            !isBusy && dice.fraction() < 0.5
        )
    }
}

/// A journal on a disk that is full now and then.
struct FaultyJournal: JournalStore {
    let inner: any JournalStore
    let faults: JournalFaults

    func append(_ draft: RecordDraft, to run: String, after head: JournalHead)
        async throws(JournalError) -> JournalRecord
    {
        if let (error, isKept) = faults.next() {
            if isKept { _ = try await inner.append(draft, to: run, after: head) }
            throw error
        }
        return try await inner.append(draft, to: run, after: head)
    }

    private func read() throws(JournalError) {
        guard let (error, _) = faults.next() else { return }
        throw JournalError(
            error.code == .busy ? .busy : .unreadable, place: error.place, detail: error.detail)
    }

    func open(_ run: RunCard) async throws(JournalError) { try await inner.open(run) }

    func keep(_ blob: [UInt8]) async throws(JournalError) -> String {
        if let (error, isKept) = faults.next() {
            if isKept { _ = try await inner.keep(blob) }
            throw error
        }
        return try await inner.keep(blob)
    }

    func post(_ wish: [UInt8], to run: String) async throws(JournalError) -> Int {
        try await inner.post(wish, to: run)
    }

    func records(of run: String, from first: Int) async throws(JournalError) -> [JournalRecord] {
        try read()
        return try await inner.records(of: run, from: first)
    }

    func last(of run: String) async throws(JournalError) -> JournalRecord? {
        try read()
        return try await inner.last(of: run)
    }

    func runs() async throws(JournalError) -> [RunCard] { try await inner.runs() }

    func blob(_ digest: String) async throws(JournalError) -> [UInt8]? {
        try read()
        return try await inner.blob(digest)
    }

    func wishes(of run: String, after number: Int) async throws(JournalError) -> [InboxWish] {
        try read()
        return try await inner.wishes(of: run, after: number)
    }
}
