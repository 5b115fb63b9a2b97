internal import Glibc
internal import Synchronization

/// Standard output and standard error, line by line.
enum Terminal {
    static func say(_ line: String) { write(line, to: STDOUT_FILENO) }

    static func complain(_ text: String) { write(text, to: STDERR_FILENO) }

    /// As `complain`, but only once in a process.
    static func complainOnce(_ text: String) {
        if said.withLock({ $0.insert(text).inserted }) { complain(text) }
    }

    private static let said = Mutex<Set<String>>([])

    /// A line that the next one takes the place of; only where somebody looks on.
    static func hint(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        put("\r\u{1B}[K\(text)", to: STDERR_FILENO)
    }

    /// Why part of what we had to say stands nowhere; nil: it was written, or nobody wanted it.
    static var loss: String? { lost.withLock { $0 } }

    private static let lost = Mutex<String?>(nil)

    static var isWatched: Bool { isatty(STDOUT_FILENO) == 1 }

    /// The whole line or, where nobody reads any more, nothing: a run goes on without its readers,
    /// and waits only a second for one who reads slowly.
    private static func write(_ line: String, to descriptor: CInt) {
        put(line + "\n", to: descriptor)
    }

    private static func put(_ text: String, to descriptor: CInt) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty, takes(descriptor) {
            // What fits into a pipe that has room at all does not block.
            let part = bytes.prefix(512)
            let count = unsafe part.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                // Who stopped reading knows it; who wrote us to a full disk does not.
                if descriptor == STDOUT_FILENO, errno != EPIPE {
                    lost.withLock { $0 = unsafe String(cString: strerror(errno)) }
                }
                return
            }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Whoever once let us wait is waited for no more.
    private static let isAsleep = Mutex(false)

    /// Whether there is room, at the latest in a second.
    private static func takes(_ descriptor: CInt) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let patience: CInt = isAsleep.withLock { $0 } ? 0 : 1000
        var answer: CInt
        repeat { answer = unsafe poll(&wanted, 1, patience) } while answer < 0 && errno == EINTR
        isAsleep.withLock { $0 = answer == 0 }
        return answer > 0
    }
}
