internal import Glibc

/// The file of a journal, as the system sees it.
struct JournalFile {
    let path: String

    /// What is wrong with the path itself; nil where nothing is.
    ///
    /// SQLite has paths that are no files; a journal there would forget.
    var objection: String? {
        if path.isEmpty { return "the path is empty" }
        if path == ":memory:" { return "a journal in memory would not survive its process" }
        return path.utf8.contains(0) ? "the path holds a zero byte" : nil
    }

    /// The path so that SQLite cannot take it for a URI.
    var plainName: String { path.hasPrefix("/") ? path : "./\(path)" }

    /// The path as a URI that tells SQLite to use neither locks nor log.
    var frozenName: String {
        var name = "file:"
        for byte in plainName.utf8 {
            switch byte {
            case 0x2D...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A:  // - . / 0-9 A-Z _ a-z
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                name += byte < 16 ? "%0" : "%"
                name += String(byte, radix: 16)
            }
        }
        return name + "?immutable=1"
    }

    /// Makes an empty file that only its owner may read; SQLite gives log and index the same mode.
    ///
    /// Returns errno, 0 where the file is there now. An existing file is not even opened: closing
    /// it would drop the locks that this process holds on it.
    func make() -> CInt {
        let descriptor = unsafe Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor < 0 else {
            Glibc.close(descriptor)
            return 0
        }
        return errno == EEXIST ? 0 : errno
    }

    var isFolder: Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// True where SQLite's log holds something that the file itself does not.
    var hasLog: Bool {
        var status = stat()
        return unsafe stat("\(path)-wal", &status) == 0 && status.st_size > 0
    }

    static func words(for code: CInt) -> String {
        guard let words = unsafe strerror(code) else { return "errno \(code)" }
        return unsafe "\(String(cString: words)) (errno \(code))"
    }
}
