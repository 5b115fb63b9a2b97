import CSQLiteFaults
import Testing

/// Somebody else at the same database: a person with a shell, or a process with the write lock.
struct SQLiteShell {
    let path: String

    func run(_ sql: String) throws {
        try #require(unsafe theseus_faults_shell(path, sql) == 0)
    }

    /// Runs SQL that the database is to refuse.
    func isRefused(_ sql: String) -> Bool { unsafe theseus_faults_shell(path, sql) != 0 }

    func holdingTheLock(_ body: () async throws -> Void) async throws {
        let holder = unsafe theseus_faults_hold(path)
        try #require(holder >= 0)
        defer { theseus_faults_let_go(holder) }
        try await body()
    }
}
