internal import CSQLite
internal import Digests

/// A journal in one file on this machine's disk; several processes may hold it at once.
///
/// Every write is one SQLite transaction that takes the file's write lock first, so that the
/// comparison and the change are one. Calls block their thread: some milliseconds for a write,
/// two seconds at most while another process writes.
package actor SQLiteJournal: JournalStore {
    package enum Mode: Hashable, Sendable {
        case readWrite
        /// For looking on: nothing is made or changed, and every write is refused.
        case readOnly
    }

    private let connection: SQLiteConnection
    private let address: String
    /// Why nothing more is written.
    ///
    /// Once set it stays: after a failed fsync nobody can say which
    /// of the bytes that were to be kept have been, and asking again would only hide it.
    private var broken: JournalError?
    /// Roughly how many bytes were written to the log since it was folded into the file.
    private var unfolded = 0

    private let unfoldedLimit: Int

    /// Opens the journal at `path`, and makes it where there is none; looks at every page once.
    ///
    /// `vfs` names one of SQLite's file systems: the tests have one that breaks. The log is folded
    /// into the file each time that about `foldAfter` bytes have been written.
    package init(
        path: String, mode: Mode = .readWrite, vfs: String? = nil, foldAfter: Int = 4 << 20
    ) throws(JournalError) {
        let opening = SQLiteOpening(file: JournalFile(path: path), mode: mode, vfs: vfs)
        connection = try opening.connection()
        address = opening.address
        unfoldedLimit = foldAfter
        broken =
            mode == .readWrite
            ? nil
            : JournalError(
                .unwritable, place: "\(opening.address), write",
                detail: "the journal is open for reading only")
    }

    package func open(_ run: RunCard) throws(JournalError) {
        try write("open run '\(run.run)'", bytes: run.target.utf8.count) {
            (file) throws(SQLiteFault) -> Decision<Void> in
            guard try !file.holds(run: run.run) else {
                return .refuse(.exists, "there is a run of this id")
            }
            try file.run(
                "INSERT INTO run (run, target, opened, seal) VALUES (?, ?, ?, ?)",
                [.text(run.run), .text(run.target), .integer(run.opened), .text(run.seal)])
            return .keep(())
        }
    }

    package func append(_ draft: RecordDraft, to run: String, after head: JournalHead)
        throws(JournalError) -> JournalRecord
    {
        let size = draft.payload.count + draft.state.count
        return try write("append to run '\(run)'", bytes: size) {
            (file) throws(SQLiteFault) -> Decision<JournalRecord> in
            guard let standing = try file.head(of: run) else { return .unknown }
            guard standing == head, draft.epoch >= standing.epoch else {
                return .refuse(.displaced(standing), standing.standing)
            }
            let record = JournalRecord(draft, of: run, after: head)
            try file.insert(record)
            return .keep(record)
        }
    }

    package func records(of run: String, from first: Int)
        throws(JournalError) -> [JournalRecord]
    {
        let doing = "read run '\(run)'"
        // The record before the first one asked for says what the first one must follow.
        let anchor = max(1, first) - 1
        var records = try read(doing) { (file) throws(SQLiteFault) in
            try file.records(of: run, from: anchor)
        }
        guard !records.isEmpty else {
            try demand(run, doing)
            return []
        }
        var head = JournalHead.start
        if anchor > 0 {
            let before = records.removeFirst()
            guard before.sequence == anchor, before.isIntact else {
                throw damage("record \(anchor) is missing or not what was written", doing)
            }
            head = before.head
        }
        for record in records {
            if let objection = record.objection(after: head) { throw damage(objection, doing) }
            head = record.head
        }
        return records
    }

    package func last(of run: String) throws(JournalError) -> JournalRecord? {
        let doing = "read run '\(run)'"
        let last = try read(doing) { (file) throws(SQLiteFault) in try file.last(of: run) }
        guard let last else {
            try demand(run, doing)
            return nil
        }
        guard last.isIntact else {
            throw damage("record \(last.sequence) is not what was written", doing)
        }
        return last
    }

    package func runs() throws(JournalError) -> [RunCard] {
        let doing = "list the runs"
        let sealed = try read(doing) { (file) throws(SQLiteFault) in try file.cards() }
        for (card, seal) in sealed where card.seal != seal {
            throw damage("the card of run '\(card.run)' is not what was written", doing)
        }
        return sealed.map(\.card)
    }

    package func keep(_ blob: [UInt8]) throws(JournalError) -> String {
        let digest = SHA256.hex(of: blob)
        return try write("keep a blob", bytes: blob.count) {
            (file) throws(SQLiteFault) -> Decision<String> in
            if let kept = try file.blob(digest) {
                return kept == blob
                    ? .agree(digest) : .refuse(.damaged, "blob \(digest) is not what was written")
            }
            try file.run(
                "INSERT INTO blob (digest, bytes) VALUES (?, ?)", [.text(digest), .blob(blob)])
            return .keep(digest)
        }
    }

    package func blob(_ digest: String) throws(JournalError) -> [UInt8]? {
        let doing = "read a blob"
        let bytes = try read(doing) { (file) throws(SQLiteFault) in try file.blob(digest) }
        guard let bytes else {
            try demandSoundBlobs(doing)
            return nil
        }
        guard SHA256.hex(of: bytes) == digest else {
            throw damage("blob \(digest) is not what was written", doing)
        }
        return bytes
    }

    package func post(_ wish: [UInt8], to run: String) throws(JournalError) -> Int {
        try write("post a wish to run '\(run)'", bytes: wish.count) {
            (file) throws(SQLiteFault) -> Decision<Int> in
            guard try file.holds(run: run) else { return .unknown }
            let wish = InboxWish(number: try file.lastWish(of: run) + 1, wish: wish)
            try file.insert(wish, for: run)
            return .keep(wish.number)
        }
    }

    package func wishes(of run: String, after number: Int) throws(JournalError) -> [InboxWish] {
        let doing = "read the wishes of run '\(run)'"
        let first = max(0, number)
        let sealed = try read(doing) { (file) throws(SQLiteFault) in
            try file.wishes(of: run, after: first)
        }
        if sealed.isEmpty { try demand(run, doing) }
        for (offset, row) in sealed.enumerated() {
            guard row.wish.number == first + 1 + offset, row.wish.seal(in: run) == row.seal else {
                throw damage("wish \(first + 1 + offset) is not what was written", doing)
            }
        }
        return sealed.map(\.wish)
    }
}

// MARK: - Reading and writing

extension SQLiteJournal {
    /// What a writer finds once it has the lock.
    private enum Decision<Answer> {
        /// Commit, then answer.
        case keep(Answer)
        /// All is there already: answer.
        case agree(Answer)
        case refuse(JournalError.Code, String)

        static var unknown: Decision { .refuse(.unknownRun, "there is no run of this id") }
    }

    private func read<Answer>(
        _ doing: String, _ work: (borrowing SQLiteConnection) throws(SQLiteFault) -> Answer
    ) throws(JournalError) -> Answer {
        do throws(SQLiteFault) {
            return try work(connection)
        } catch {
            throw self.error(error.meaning(writing: false), error.detail, doing)
        }
    }

    /// Decides under the file's write lock, and returns when what was decided is on the disk.
    private func write<Answer>(
        _ doing: String, bytes: Int,
        _ decide: (borrowing SQLiteConnection) throws(SQLiteFault) -> Decision<Answer>
    ) throws(JournalError) -> Answer {
        if let broken { throw broken }
        let decision: Decision<Answer>
        do throws(SQLiteFault) {
            try connection.run("BEGIN IMMEDIATE")
            decision = try decide(connection)
            guard !connection.hasMoved else {
                throw SQLiteFault(
                    code: SQLITE_READONLY,
                    message: "the file was moved or deleted while it was open")
            }
            if case .keep = decision {
                try connection.run("COMMIT")
            } else {
                try connection.run("ROLLBACK")
            }
        } catch {
            throw giveUp(error, doing)
        }
        switch decision {
        case .keep(let answer):
            foldLog(after: bytes)
            return answer
        case .agree(let answer): return answer
        case .refuse(let code, let detail): throw self.error(code, detail, doing)
        }
    }

    /// Names what went wrong in a write; all but waiting in vain is the end of writing.
    private func giveUp(_ fault: SQLiteFault, _ doing: String) -> JournalError {
        if connection.isInTransaction { try? connection.run("ROLLBACK") }
        let error = error(fault.meaning(writing: true), fault.detail, doing)
        if error.code != .busy {
            broken = error
            // Closing would sync the log again, and this time the disk might say it was fine.
            connection.leaveLogOnClose()
        }
        return error
    }

    /// Moves what the log holds into the file, now and then, so that the log stays short.
    ///
    /// What was answered is safe in the log by now, so a failure here is the next writer's news.
    private func foldLog(after bytes: Int) {
        unfolded += bytes + 16_384
        guard unfolded > unfoldedLimit else { return }
        unfolded = 0
        do throws(SQLiteFault) {
            try connection.run("PRAGMA wal_checkpoint(PASSIVE)")
        } catch {
            _ = giveUp(error, "fold the log")
        }
    }

    private func demand(_ run: String, _ doing: String) throws(JournalError) {
        let known = try read(doing) { (file) throws(SQLiteFault) in try file.holds(run: run) }
        guard known else { throw error(.unknownRun, "there is no run of this id", doing) }
    }

    /// A blob may be missing because its name was damaged; nobody asks for one never kept.
    private func demandSoundBlobs(_ doing: String) throws(JournalError) {
        var odd: String?
        try read(doing) { (file) throws(SQLiteFault) in
            try file.eachBlob { digest, bytes in
                if SHA256.hex(of: bytes) != digest { odd = digest }
            }
        }
        if let odd { throw damage("blob \(odd) is not what was written", doing) }
    }

    private func damage(_ detail: String, _ doing: String) -> JournalError {
        error(.damaged, detail, doing)
    }

    private func error(
        _ code: JournalError.Code, _ detail: String, _ doing: String
    ) -> JournalError {
        JournalError(code, place: "\(address), \(doing)", detail: detail)
    }
}
