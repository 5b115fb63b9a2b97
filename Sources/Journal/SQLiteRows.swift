/// The journal's rows as SQLite keeps them: read as they stand, checked by the caller.
extension SQLiteConnection {
    func holds(run: String) throws(SQLiteFault) -> Bool {
        var found = false
        try self.run("SELECT 1 FROM run WHERE run = ?", [.text(run)]) { _ in found = true }
        return found
    }

    func cards() throws(SQLiteFault) -> [(card: RunCard, seal: String)] {
        var cards: [(card: RunCard, seal: String)] = []
        try self.run("SELECT run, target, opened, seal FROM run ORDER BY number") { row in
            let card = RunCard(run: row.text(0), target: row.text(1), opened: row.integer(2))
            cards.append((card, row.text(3)))
        }
        return cards
    }

    /// Where the run stands; nil where there is no such run.
    func head(of run: String) throws(SQLiteFault) -> JournalHead? {
        var head: JournalHead?
        let sql = """
            SELECT sequence, epoch, hash FROM record WHERE run = ?
            ORDER BY sequence DESC LIMIT 1
            """
        try self.run(sql, [.text(run)]) { row in
            head = JournalHead(
                sequence: row.integer(0), epoch: row.integer(1), hash: row.text(2))
        }
        if let head { return head }
        return try holds(run: run) ? .start : nil
    }

    func records(of run: String, from first: Int) throws(SQLiteFault) -> [JournalRecord] {
        var records: [JournalRecord] = []
        try self.run(
            """
            SELECT \(Self.recordColumns) FROM record WHERE run = ? AND sequence >= ?
            ORDER BY sequence
            """,
            [.text(run), .integer(first)]
        ) { row in records.append(Self.record(row)) }
        return records
    }

    func last(of run: String) throws(SQLiteFault) -> JournalRecord? {
        var last: JournalRecord?
        try self.run(
            "SELECT \(Self.recordColumns) FROM record WHERE run = ? ORDER BY sequence DESC LIMIT 1",
            [.text(run)]
        ) { row in last = Self.record(row) }
        return last
    }

    func insert(_ record: JournalRecord) throws(SQLiteFault) {
        let draft = record.draft
        try run(
            "INSERT INTO record (\(Self.recordColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(record.run), .integer(record.sequence), .integer(draft.epoch),
                .integer(draft.date), .text(draft.actor), .integer(draft.kind),
                .blob(draft.payload), .blob(draft.state), .text(record.previousHash),
                .text(record.hash),
            ])
    }

    func blob(_ digest: String) throws(SQLiteFault) -> [UInt8]? {
        var bytes: [UInt8]?
        try run("SELECT bytes FROM blob WHERE digest = ?", [.text(digest)]) { row in
            bytes = row.bytes(0)
        }
        return bytes
    }

    func eachBlob(_ body: (String, [UInt8]) -> Void) throws(SQLiteFault) {
        try run("SELECT digest, bytes FROM blob ORDER BY digest") { row in
            body(row.text(0), row.bytes(1))
        }
    }

    /// True where each record and each wish has a run, and each run's numbers go from 1 to the end.
    ///
    /// A damaged name at the end of a table would else only look like a lost tail.
    func isComplete() throws(SQLiteFault) -> Bool {
        var odd = 0
        for (table, number) in [("record", "sequence"), ("wish", "number")] {
            try self.run(
                """
                SELECT 1 FROM \(table) GROUP BY run
                HAVING min(\(number)) <> 1 OR max(\(number)) <> count(*)
                  OR run NOT IN (SELECT run FROM run)
                """
            ) { _ in odd += 1 }
        }
        return odd == 0
    }

    func lastWish(of run: String) throws(SQLiteFault) -> Int {
        var number = 0
        try self.run("SELECT max(number) FROM wish WHERE run = ?", [.text(run)]) { row in
            number = row.integer(0)
        }
        return number
    }

    func insert(_ wish: InboxWish, for run: String) throws(SQLiteFault) {
        try self.run(
            "INSERT INTO wish (run, number, wish, seal) VALUES (?, ?, ?, ?)",
            [.text(run), .integer(wish.number), .blob(wish.wish), .text(wish.seal(in: run))])
    }

    func wishes(of run: String, after number: Int)
        throws(SQLiteFault) -> [(wish: InboxWish, seal: String)]
    {
        var wishes: [(wish: InboxWish, seal: String)] = []
        try self.run(
            "SELECT number, wish, seal FROM wish WHERE run = ? AND number > ? ORDER BY number",
            [.text(run), .integer(number)]
        ) { row in
            wishes.append((InboxWish(number: row.integer(0), wish: row.bytes(1)), row.text(2)))
        }
        return wishes
    }

    private static var recordColumns: String {
        "run, sequence, epoch, date, actor, kind, payload, state, previous, hash"
    }

    private static func record(_ row: borrowing SQLiteRow) -> JournalRecord {
        JournalRecord(
            run: row.text(0), sequence: row.integer(1),
            draft: RecordDraft(
                epoch: row.integer(2), date: row.integer(3), actor: row.text(4),
                kind: row.integer(5), payload: row.bytes(6), state: row.bytes(7)),
            previousHash: row.text(8), hash: row.text(9))
    }
}
