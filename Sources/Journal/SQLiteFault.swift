internal import CSQLite

/// What SQLite answered instead of doing what it was asked.
struct SQLiteFault: Error {
    /// The extended result code; its low byte is the plain one.
    let code: CInt
    /// SQLite's own words.
    let message: String
    /// The system's errno where a file could not be opened, else 0.
    let system: CInt

    init(code: CInt, message: String, system: CInt = 0) {
        self.code = code
        self.message = message
        self.system = system
    }

    var detail: String {
        system == 0
            ? "\(message) (SQLite \(code))" : "\(message) (SQLite \(code), errno \(system))"
    }

    /// How the journal names this; what neither busy nor damage explains depends on `writing`.
    func meaning(writing: Bool) -> JournalError.Code {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
        // SQLITE_ERROR is a statement that does not fit the tables: ours are all known to.
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_SCHEMA, SQLITE_ERROR,
            SQLITE_MISMATCH, SQLITE_CONSTRAINT:
            .damaged
        default: writing ? .unwritable : .unreadable
        }
    }
}
