internal import Digests

/// A journal in memory: the exact twin of the lasting ones, gone with its process.
package actor MemoryJournal: JournalStore {
    /// Everything of one run.
    private struct Shelf {
        var records: [JournalRecord] = []
        var wishes: [InboxWish] = []

        var head: JournalHead { records.last?.head ?? .start }
    }

    private var cards: [RunCard] = []
    // Keyed by bytes: as on disk, two spellings of one letter are two ids.
    private var shelves: [[UInt8]: Shelf] = [:]
    private var blobs: [String: [UInt8]] = [:]

    package init() {}

    package func open(_ run: RunCard) throws(JournalError) {
        let key = Array(run.run.utf8)
        guard shelves[key] == nil else {
            throw refusal(.exists, "open", run.run, "there is a run of this id")
        }
        shelves[key] = Shelf()
        cards.append(run)
    }

    package func append(_ draft: RecordDraft, to run: String, after head: JournalHead)
        throws(JournalError) -> JournalRecord
    {
        let key = Array(run.utf8)
        guard let standing = shelves[key]?.head else { throw unknown(run, "append to") }
        guard standing == head, draft.epoch >= standing.epoch else {
            throw refusal(.displaced(standing), "append to", run, standing.standing)
        }
        let record = JournalRecord(draft, of: run, after: head)
        shelves[key]?.records.append(record)
        return record
    }

    package func records(of run: String, from first: Int)
        throws(JournalError) -> [JournalRecord]
    {
        guard let shelf = shelves[Array(run.utf8)] else { throw unknown(run, "read") }
        return first <= 1 ? shelf.records : Array(shelf.records.dropFirst(first - 1))
    }

    package func last(of run: String) throws(JournalError) -> JournalRecord? {
        guard let shelf = shelves[Array(run.utf8)] else { throw unknown(run, "read") }
        return shelf.records.last
    }

    package func runs() -> [RunCard] { cards }

    package func keep(_ blob: [UInt8]) -> String {
        let digest = SHA256.hex(of: blob)
        blobs[digest] = blob
        return digest
    }

    package func blob(_ digest: String) -> [UInt8]? { blobs[digest] }

    package func post(_ wish: [UInt8], to run: String) throws(JournalError) -> Int {
        let key = Array(run.utf8)
        guard let number = shelves[key].map({ $0.wishes.count + 1 }) else {
            throw unknown(run, "post a wish to")
        }
        shelves[key]?.wishes.append(InboxWish(number: number, wish: wish))
        return number
    }

    package func wishes(of run: String, after number: Int) throws(JournalError) -> [InboxWish] {
        guard let shelf = shelves[Array(run.utf8)] else { throw unknown(run, "read the wishes of") }
        return Array(shelf.wishes.dropFirst(max(0, number)))
    }

    private func unknown(_ run: String, _ doing: String) -> JournalError {
        refusal(.unknownRun, doing, run, "there is no run of this id")
    }

    private func refusal(
        _ code: JournalError.Code, _ doing: String, _ run: String, _ detail: String
    ) -> JournalError {
        JournalError(code, place: "memory, \(doing) run '\(run)'", detail: detail)
    }
}
