/// The tables of a journal file, version 1, and how a file is known for one of ours.
enum SQLiteSchema {
    /// `Thes` in ASCII, in the file's header.
    static let application = 0x5468_6573
    static let version = 1

    struct Part {
        let name: String
        let sql: String
    }

    /// In the order in which they are made.
    ///
    /// SQLite keeps these texts; they are compared on opening.
    static let parts = [
        Part(
            name: "run",
            sql: """
                CREATE TABLE run (
                  number INTEGER PRIMARY KEY, run TEXT NOT NULL, target TEXT NOT NULL,
                  opened INTEGER NOT NULL, seal TEXT NOT NULL
                ) STRICT
                """),
        Part(
            name: "record",
            sql: """
                CREATE TABLE record (
                  run TEXT NOT NULL, sequence INTEGER NOT NULL, epoch INTEGER NOT NULL,
                  date INTEGER NOT NULL, actor TEXT NOT NULL, kind INTEGER NOT NULL,
                  payload BLOB NOT NULL, state BLOB NOT NULL,
                  previous TEXT NOT NULL, hash TEXT NOT NULL,
                  PRIMARY KEY (run, sequence)
                ) STRICT, WITHOUT ROWID
                """),
        Part(
            name: "wish",
            sql: """
                CREATE TABLE wish (
                  run TEXT NOT NULL, number INTEGER NOT NULL, wish BLOB NOT NULL,
                  seal TEXT NOT NULL, PRIMARY KEY (run, number)
                ) STRICT, WITHOUT ROWID
                """),
        Part(
            name: "blob",
            sql: """
                CREATE TABLE blob (
                  digest TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL
                ) STRICT, WITHOUT ROWID
                """),
        Part(name: "record_is_not_changed", sql: forbid("UPDATE", on: "record")),
        Part(name: "record_is_not_deleted", sql: forbid("DELETE", on: "record")),
    ]

    /// What somebody with a SQLite shell would do in good faith.
    private static func forbid(_ change: String, on table: String) -> String {
        """
        CREATE TRIGGER \(table)_is_not_\(change == "UPDATE" ? "changed" : "deleted")
        BEFORE \(change) ON \(table)
        BEGIN SELECT RAISE(ABORT, 'records are append-only'); END
        """
    }
}
