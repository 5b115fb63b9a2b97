import Glibc

/// Holds SQLite's lock for writers, as a process that was stopped amid a write does.
final class JournalLock: Sendable {
    private let file: Int32

    struct Failure: Error {
        var code: Int32
    }

    init(_ journal: String) throws {
        file = unsafe Glibc.open("\(journal)-shm", O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw Failure(code: errno) }
        // WAL_WRITE_LOCK is byte 120 of the index file.
        var lock = flock(
            l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 120, l_len: 1, l_pid: 0)
        guard unsafe fcntl(file, F_SETLKW, &lock) == 0 else { throw Failure(code: errno) }
    }

    /// Gives it back.
    func open() {
        var lock = flock(
            l_type: Int16(F_UNLCK), l_whence: Int16(SEEK_SET), l_start: 120, l_len: 1, l_pid: 0)
        _ = unsafe fcntl(file, F_SETLK, &lock)
    }

    deinit { close(file) }
}
