internal import Journal
internal import Lab

/// A journal as a process that may die uses it: each write is an effect.
struct MortalJournal: JournalStore {
    let inner: any JournalStore
    let life: Lifeline

    private func effect<Value>(
        _ label: String, _ work: () async throws(JournalError) -> Value
    ) async throws(JournalError) -> Value {
        let number: Int
        do { number = try life.begin(label) } catch { throw dead }
        let value = try await work()
        do { try life.end(number) } catch { throw dead }
        return value
    }

    private func look<Value>(
        _ work: () async throws(JournalError) -> Value
    ) async throws(JournalError) -> Value {
        do { try life.checkAlive() } catch { throw dead }
        return try await work()
    }

    private var dead: JournalError {
        JournalError(.unreadable, place: "memory", detail: "this process is dead")
    }

    func open(_ run: RunCard) async throws(JournalError) {
        try await effect("journal: open") { () async throws(JournalError) in
            try await inner.open(run)
        }
    }

    func append(_ draft: RecordDraft, to run: String, after head: JournalHead)
        async throws(JournalError) -> JournalRecord
    {
        try await effect("journal: append kind \(draft.kind)") {
            () async throws(JournalError) in
            try await inner.append(draft, to: run, after: head)
        }
    }

    func keep(_ blob: [UInt8]) async throws(JournalError) -> String {
        try await effect("journal: keep") { () async throws(JournalError) in
            try await inner.keep(blob)
        }
    }

    func post(_ wish: [UInt8], to run: String) async throws(JournalError) -> Int {
        try await effect("journal: post") { () async throws(JournalError) in
            try await inner.post(wish, to: run)
        }
    }

    func records(of run: String, from first: Int) async throws(JournalError) -> [JournalRecord] {
        try await look { () async throws(JournalError) in
            try await inner.records(of: run, from: first)
        }
    }

    func last(of run: String) async throws(JournalError) -> JournalRecord? {
        try await look { () async throws(JournalError) in try await inner.last(of: run) }
    }

    func runs() async throws(JournalError) -> [RunCard] {
        try await look { () async throws(JournalError) in try await inner.runs() }
    }

    func blob(_ digest: String) async throws(JournalError) -> [UInt8]? {
        try await look { () async throws(JournalError) in try await inner.blob(digest) }
    }

    func wishes(of run: String, after number: Int) async throws(JournalError) -> [InboxWish] {
        try await look { () async throws(JournalError) in
            try await inner.wishes(of: run, after: number)
        }
    }
}
