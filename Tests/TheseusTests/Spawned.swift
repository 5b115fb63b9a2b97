import Foundation
import Glibc
import Synchronization

/// A child process whose output a thread of its own reads; Foundation's loses an end now and then.
struct Spawned: Sendable {
    enum News: Sendable {
        /// `stream` is 0 for standard output, 1 for standard error.
        case said([UInt8], stream: Int)
        /// The exit code; of a killed process, minus the signal.
        case ended(Int)
    }

    struct Failure: Error {
        var code: Int32
    }

    let number: pid_t
    private let streams: [Int32]
    private static let berth = Mutex(())

    init(
        _ words: [String], environment: [String: String], folder: String,
        hear: @escaping @Sendable (News) -> Void
    ) throws {
        (number, streams) = try Self.berth.withLock { _ in
            // One at a time: what one makes no other child may inherit.
            var ends: [[Int32]] = [[-1, -1], [-1, -1]]
            for index in ends.indices {
                guard unsafe pipe(&ends[index]) == 0 else { throw Failure(code: errno) }
                for end in ends[index] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            }
            defer { for pair in ends { close(pair[1]) } }
            let child = try Self.spawn(
                ["/usr/bin/env", "-C", folder] + words,
                environment.map { "\($0.key)=\($0.value)" }.sorted(), ends.map { $0[1] })
            return (child, ends.map { $0[0] })
        }
        let pid = number
        let open = streams
        Thread.detachNewThread { Self.listen(to: open, of: pid, hear) }
    }

    private static func spawn(_ words: [String], _ variables: [String], _ ends: [Int32]) throws
        -> pid_t
    {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        let settings = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer {
            unsafe arguments.forEach { unsafe free($0) }
            unsafe settings.forEach { unsafe free($0) }
        }
        var child = pid_t()
        let code = unsafe posix_spawn(&child, words[0], &actions, nil, arguments, settings)
        guard code == 0 else { throw Failure(code: code) }
        return child
    }

    private static func listen(
        to streams: [Int32], of child: pid_t, _ hear: @Sendable (News) -> Void
    ) {
        var open = streams.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while open.contains(where: { $0.fd >= 0 }) {
            guard unsafe poll(&open, 2, -1) > 0 else { continue }
            for index in open.indices where open[index].fd >= 0 && open[index].revents != 0 {
                let count = unsafe read(open[index].fd, &bytes, bytes.count)
                if count > 0 {
                    hear(.said(Array(bytes.prefix(count)), stream: index))
                } else if count == 0 || errno != EINTR {
                    close(open[index].fd)
                    open[index].fd = -1
                }
            }
        }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        hear(.ended(signal == 0 ? Int((status >> 8) & 0xFF) : -Int(signal)))
    }
}
