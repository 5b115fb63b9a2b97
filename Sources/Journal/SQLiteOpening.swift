internal import CSQLite

/// The way from a path to a connection on a journal that is known to be sound.
struct SQLiteOpening {
    let file: JournalFile
    let mode: SQLiteJournal.Mode
    let vfs: String?

    /// What a file says of itself.
    private enum Content: Equatable {
        case empty
        case journal(version: Int)
        case foreign(application: Int)
    }

    var address: String { "sqlite:\(file.path)" }

    /// Opens; where the file may be written, makes and lays out what is missing.
    func connection() throws(JournalError) -> SQLiteConnection {
        if let objection = file.objection { throw error(.unwritable, objection) }
        if file.isFolder {
            throw error(mode == .readWrite ? .unwritable : .unreadable, "it is a folder, no file")
        }
        switch mode {
        case .readWrite: return try writable()
        case .readOnly: return try readable()
        }
    }

    private func writable() throws(JournalError) -> SQLiteConnection {
        let refusal = file.make()
        guard refusal == 0 else {
            throw error(.unwritable, "cannot make the file: \(JournalFile.words(for: refusal))")
        }
        let connection = try asking { () throws(SQLiteFault) in
            try SQLiteConnection(file.plainName, writable: true, vfs: vfs)
        }
        guard !connection.isReadOnly else {
            throw error(.unwritable, "the file may not be written")
        }
        try settle(connection)
        let content = try content(of: connection)
        do throws(JournalError) {
            try refuseStrangers(content)
        } catch {
            // Another program's log is its own to fold.
            connection.leaveLogOnClose()
            throw error
        }
        try asking { () throws(SQLiteFault) in try switchToLog(connection) }
        if content == .empty {
            try asking { () throws(SQLiteFault) in try layOut(connection) }
        }
        try inspect(connection)
        return connection
    }

    /// Opens for reading; where even SQLite's index file may not be made, reads the bare file.
    ///
    /// The bare file is the whole journal only while no log stands beside it.
    private func readable() throws(JournalError) -> SQLiteConnection {
        do throws(JournalError) {
            return try readable(file.plainName)
        } catch {
            guard error.code == .unreadable, !file.hasLog else { throw error }
            return try readable(file.frozenName)
        }
    }

    private func readable(_ name: String) throws(JournalError) -> SQLiteConnection {
        let connection = try asking { () throws(SQLiteFault) in
            try SQLiteConnection(name, writable: false, vfs: vfs)
        }
        try settle(connection)
        let content = try content(of: connection)
        try refuseStrangers(content)
        guard content != .empty else {
            throw error(.unreadable, "no journal has been begun in this file")
        }
        try inspect(connection)
        return connection
    }

    private func settle(_ connection: borrowing SQLiteConnection) throws(JournalError) {
        try asking { () throws(SQLiteFault) in
            // A commit returns once the log has been synced, and not before.
            try connection.run("PRAGMA synchronous = FULL")
            // The journal folds the log itself: SQLite would swallow the errors.
            try connection.run("PRAGMA wal_autocheckpoint = 0")
            try connection.run("PRAGMA trusted_schema = OFF")
        }
    }

    private func content(of connection: borrowing SQLiteConnection) throws(JournalError) -> Content
    {
        try asking { () throws(SQLiteFault) in
            // One transaction: another process may be laying out the same file.
            try connection.run("BEGIN")
            let content = try readContent(of: connection)
            try connection.run("COMMIT")
            return content
        }
    }

    private func readContent(of connection: borrowing SQLiteConnection) throws(SQLiteFault)
        -> Content
    {
        var application = 0
        var version = 0
        var parts = 0
        try connection.run("PRAGMA application_id") { application = $0.integer(0) }
        try connection.run("PRAGMA user_version") { version = $0.integer(0) }
        try connection.run("SELECT count(*) FROM sqlite_schema") { parts = $0.integer(0) }
        if application == SQLiteSchema.application { return .journal(version: version) }
        return application == 0 && version == 0 && parts == 0
            ? .empty : .foreign(application: application)
    }

    private func refuseStrangers(_ content: Content) throws(JournalError) {
        switch content {
        case .empty, .journal(SQLiteSchema.version): return
        case .journal(let version):
            throw error(
                .unreadable,
                "the file is a journal of version \(version); this theseus knows version "
                    + "\(SQLiteSchema.version)")
        case .foreign(let application):
            throw error(
                .damaged,
                "the file is a SQLite database, but no journal (application id \(application))")
        }
    }

    /// Goes over to the write-ahead log; lasting, so all but the first opening find it done.
    ///
    /// Two processes that make one file at once meet here, and SQLite says busy without waiting.
    /// An empty write transaction does wait, until the other is through.
    private func switchToLog(_ connection: borrowing SQLiteConnection) throws(SQLiteFault) {
        var mode = ""
        for _ in 0..<20 {
            do throws(SQLiteFault) {
                try connection.run("PRAGMA journal_mode = WAL") { mode = $0.text(0) }
                break
            } catch {
                guard error.code & 0xFF == SQLITE_BUSY else { throw error }
                try connection.run("BEGIN IMMEDIATE")
                try connection.run("COMMIT")
            }
        }
        guard mode == "wal" else {
            throw SQLiteFault(
                code: mode.isEmpty ? SQLITE_BUSY : SQLITE_CANTOPEN,
                message: mode.isEmpty
                    ? "database is locked" : "this disk cannot keep a write-ahead log")
        }
    }

    private func layOut(_ connection: borrowing SQLiteConnection) throws(SQLiteFault) {
        try connection.run("BEGIN IMMEDIATE")
        if try readContent(of: connection) == .empty {
            for part in SQLiteSchema.parts { try connection.run(part.sql) }
            try connection.run("PRAGMA application_id = \(SQLiteSchema.application)")
            try connection.run("PRAGMA user_version = \(SQLiteSchema.version)")
        }
        try connection.run("COMMIT")
    }

    /// Looks at every page once: what is wrong is better known now than in the night.
    private func inspect(_ connection: borrowing SQLiteConnection) throws(JournalError) {
        var found: [String] = []
        var verdict = ""
        try asking { () throws(SQLiteFault) in
            try connection.run("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
            { found.append($0.text(0)) }
            try connection.run("PRAGMA integrity_check(1)") { verdict = $0.text(0) }
        }
        guard found == SQLiteSchema.parts.map(\.sql) else {
            throw error(.damaged, "the tables are not those of a journal")
        }
        guard verdict == "ok" else { throw error(.damaged, verdict) }
        let (cards, complete) = try asking { () throws(SQLiteFault) in
            (try connection.cards(), try connection.isComplete())
        }
        for (card, seal) in cards where card.seal != seal {
            throw error(.damaged, "the card of run '\(card.run)' is not what was written")
        }
        guard complete else { throw error(.damaged, "records or wishes are missing") }
    }

    /// Runs `work`; what SQLite says against it becomes the journal's own words.
    private func asking<Answer: ~Copyable>(_ work: () throws(SQLiteFault) -> Answer)
        throws(JournalError) -> Answer
    {
        do throws(SQLiteFault) {
            return try work()
        } catch {
            throw self.error(error.meaning(writing: mode == .readWrite), error.detail)
        }
    }

    private func error(_ code: JournalError.Code, _ detail: String) -> JournalError {
        JournalError(code, place: "\(address), open", detail: detail)
    }
}
