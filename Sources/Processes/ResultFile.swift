internal import CProcess
internal import Glibc

/// A file that a program is to write, watched from before its start.
///
/// What is there already counts for nothing: yesterday's results must not pass today's test.
struct ResultFile {
    /// More is not read.
    static let most = 4 << 20

    private let path: String
    private let before: Mark

    /// Tells one writing of a file from another.
    private struct Mark: Equatable {
        var device: UInt = 0
        var inode: UInt = 0
        var size: Int = -1
        var seconds = 0
        var nanoseconds = 0
    }

    init(_ path: String) {
        self.path = path
        before = Self.mark(of: path)
    }

    /// What the program wrote; nil: nothing.
    func read() -> ProcessEnd.Result? {
        let now = Self.mark(of: path)
        guard now != before, now != Mark() else { return nil }
        // Never waits for a writer, whatever the path may be.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return .unreadable }
        let file = Descriptor(number)
        guard theseus_is_file(file.number) == 1 else { return .unreadable }
        var bytes: [UInt8] = []
        while true {
            switch file.read(atMost: 64 << 10) {
            case .bytes(let more): bytes += more
            case .later: return .unreadable
            case .over: return .bytes(bytes)
            }
            if bytes.count > Self.most { return .tooLarge }
        }
    }

    private static func mark(of path: String) -> Mark {
        var found = stat()
        guard unsafe stat(path, &found) == 0 else { return Mark() }
        return Mark(
            device: UInt(found.st_dev), inode: UInt(found.st_ino), size: Int(found.st_size),
            seconds: Int(found.st_mtim.tv_sec), nanoseconds: Int(found.st_mtim.tv_nsec))
    }
}
