import Foundation
import Glibc

/// A named pipe that the processes of a test hold open: nobody holds it when all of them are gone.
final class Lifeline: Sendable {
    let path: String
    private let end: Int32

    struct Failure: Error {
        var code: Int32
    }

    init(_ path: String) throws {
        self.path = path
        guard unsafe mkfifo(path, 0o600) == 0 else { throw Failure(code: errno) }
        end = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard end >= 0 else { throw Failure(code: errno) }
    }

    deinit { close(end) }

    /// Writes until nothing more fits in; the far end stays open as long as `body` runs.
    func filled<Value>(_ body: () async throws -> Value) async throws -> Value {
        let mouth = unsafe open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(mouth) }
        let bytes = [UInt8](repeating: 46, count: 4096)
        while unsafe write(mouth, bytes, bytes.count) > 0 {}
        return try await body()
    }

    /// A command for the shell that leaves a process in a session of its own behind.
    func script(_ rest: String = "exit 0") -> String {
        "exec 9>'\(path)'; echo here >&9; setsid sleep 1000 & setsid sh -c '(sleep 1000 &)'; \(rest)"
    }

    /// Waits until somebody holds it; false where nobody does after ten seconds.
    func isHeld() -> Bool {
        var wanted = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&wanted, 1, 10_000) == 1 && wanted.revents & Int16(POLLIN) != 0
    }

    /// Whether anybody ever held it.
    var wasHeld: Bool {
        var wanted = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&wanted, 1, 0) == 1 && wanted.revents & Int16(POLLIN) != 0
    }

    /// Waits until nobody holds it any more; false where somebody does after ten seconds, or nobody
    /// ever did.
    func isLet() -> Bool {
        var wanted = pollfd(fd: end, events: 0, revents: 0)
        return unsafe poll(&wanted, 1, 10_000) == 1 && wanted.revents & Int16(POLLHUP) != 0
    }
}
