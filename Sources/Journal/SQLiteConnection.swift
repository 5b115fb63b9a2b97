internal import CSQLite

/// A value that SQLite keeps as it is.
enum SQLiteValue {
    case integer(Int)
    case text(String)
    case blob([UInt8])
}

/// One open SQLite database: owned, never shared, closed when its owner goes.
@safe struct SQLiteConnection: ~Copyable {
    private let database: OpaquePointer

    /// How long SQLite waits for another process before it says busy.
    private static let patience: CInt = 2_000

    /// Opens a file that is already there; `name` is a path or, after `file:`, a URI.
    init(_ name: String, writable: Bool, vfs: String?) throws(SQLiteFault) {
        let rights = writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(
            name, &opened, rights | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, vfs)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let fault = unsafe SQLiteFault(code: code, on: opened)
            unsafe sqlite3_close_v2(opened)
            throw fault
        }
        unsafe sqlite3_extended_result_codes(opened, 1)
        unsafe sqlite3_busy_timeout(opened, Self.patience)
        unsafe self.database = opened
    }

    deinit { unsafe sqlite3_close_v2(database) }

    /// Runs one statement with values bound in order; hands each row over.
    func run(
        _ sql: String, _ values: [SQLiteValue] = [], onRow: (borrowing SQLiteRow) -> Void = { _ in }
    ) throws(SQLiteFault) {
        var statement: OpaquePointer?
        defer { unsafe sqlite3_finalize(statement) }
        try check(unsafe sqlite3_prepare_v2(database, sql, -1, &statement, nil))
        guard let statement = unsafe statement else { return }
        for (index, value) in values.enumerated() {
            try check(unsafe Self.bind(value, at: CInt(index + 1), of: statement))
        }
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW: onRow(unsafe SQLiteRow(statement))
            case SQLITE_DONE: return
            case let code: throw unsafe SQLiteFault(code: code, on: database)
            }
        }
    }

    /// True where SQLite had to open the file without the right to write it.
    var isReadOnly: Bool { unsafe sqlite3_db_readonly(database, "main") == 1 }

    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(database) == 0 }

    /// True where the path no longer leads to the file that is open: what we write would be lost.
    var hasMoved: Bool {
        var moved: CInt = 0
        let code = unsafe sqlite3_file_control(database, "main", SQLITE_FCNTL_HAS_MOVED, &moved)
        return code == SQLITE_OK && moved != 0
    }

    /// Leaves the write-ahead log alone from now on, also when this connection closes.
    func leaveLogOnClose() { unsafe _ = theseus_sqlite3_leave_log_on_close(database) }

    private static func bind(_ value: SQLiteValue, at index: CInt, of statement: OpaquePointer)
        -> CInt
    {
        switch value {
        case .integer(let number): unsafe sqlite3_bind_int64(statement, index, Int64(number))
        case .text(let text):
            unsafe theseus_sqlite3_bind_text(statement, index, text, UInt64(text.utf8.count))
        case .blob(let bytes):
            unsafe theseus_sqlite3_bind_blob(statement, index, bytes, UInt64(bytes.count))
        }
    }

    private func check(_ code: CInt) throws(SQLiteFault) {
        guard code == SQLITE_OK else { throw unsafe SQLiteFault(code: code, on: database) }
    }
}

/// The row a statement stands on; gone when its statement moves on.
@safe struct SQLiteRow: ~Copyable {
    private let statement: OpaquePointer

    fileprivate init(_ statement: OpaquePointer) { unsafe self.statement = statement }

    func integer(_ column: CInt) -> Int { Int(unsafe sqlite3_column_int64(statement, column)) }

    func text(_ column: CInt) -> String {
        guard let start = unsafe sqlite3_column_text(statement, column) else { return "" }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
        return unsafe String(decoding: bytes, as: UTF8.self)
    }

    func bytes(_ column: CInt) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}

extension SQLiteFault {
    fileprivate init(code: CInt, on database: OpaquePointer?) {
        let extended = unsafe sqlite3_extended_errcode(database)
        self.init(
            code: extended & 0xFF == code & 0xFF ? extended : code,
            message: unsafe String(cString: sqlite3_errmsg(database)),
            // For other codes it may be left over from an earlier call.
            system: code & 0xFF == SQLITE_CANTOPEN ? unsafe sqlite3_system_errno(database) : 0)
    }
}
