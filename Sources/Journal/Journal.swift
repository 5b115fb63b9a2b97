// Journal — remembers. Append-only records per run, hash-chained; blobs; an inbox for wishes.
//
// Read in this order:
//   JournalRecord    what is kept
//   RecordChain      how the chain is made and checked
//   JournalStore     the door (below): memory for tests and the Lab, SQLite on a machine's disk
//   MemoryJournal    the twin that forgets with its process
//   SQLiteJournal    the one on disk; SQLiteConnection under it is the only code that meets C
//   JournalError     what went wrong, where, what to do
//
// Stores (kind, bytes) and knows no engine. One contract suite runs against every store.
// The formats are written down in docs/JOURNAL.md: a change there is a new version.

/// Where runs are remembered.
///
/// `append` returns only once the record would survive a power cut.
///
/// A decorator conforms by forwarding nine methods; nothing here leans on what a store is made of.
package protocol JournalStore: Sendable {
    /// Starts a run; refused (`.exists`) where that id is taken.
    func open(_ run: RunCard) async throws(JournalError)
    /// Appends as compare-and-set, and answers with the new head's record.
    ///
    /// Only where `after` is still the run's head and `draft.epoch` is not below it; else
    /// `.displaced` with the head that stands there now. After any other error the record may
    /// or may not be found by the next reader, but never half of it.
    func append(_ draft: RecordDraft, to run: String, after head: JournalHead)
        async throws(JournalError) -> JournalRecord
    /// The records from `first` on, in order, the chain checked; `.damaged` where it does not hold.
    func records(of run: String, from first: Int) async throws(JournalError) -> [JournalRecord]
    /// The newest record, checked on its own; nil for a run without any.
    ///
    /// `.unknownRun` where there is no such run.
    func last(of run: String) async throws(JournalError) -> JournalRecord?
    /// All runs, in the order in which they were opened.
    func runs() async throws(JournalError) -> [RunCard]

    /// Keeps bytes under their SHA-256 (hex); the same bytes twice are kept once.
    func keep(_ blob: [UInt8]) async throws(JournalError) -> String
    /// The bytes of that digest, checked; nil where there are none.
    func blob(_ digest: String) async throws(JournalError) -> [UInt8]?

    /// Any process may leave a wish for the run's holder; answers with its number, from 1.
    func post(_ wish: [UInt8], to run: String) async throws(JournalError) -> Int
    /// The wishes numbered above `number`, in order.
    func wishes(of run: String, after number: Int) async throws(JournalError) -> [InboxWish]
}
