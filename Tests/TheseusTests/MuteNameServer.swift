import Glibc

/// A name server that hears every question and answers none.
final class MuteNameServer: Sendable {
    private let ear: Int32

    struct Failure: Error {
        var code: Int32
    }

    init(_ address: String) throws {
        ear = socket(AF_INET, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(53).bigEndian
        name.sin_addr.s_addr = unsafe inet_addr(address)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafePointer(to: &name) { name in
            unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(ear, $0, size)
            }
        }
        guard code == 0 else { throw Failure(code: errno) }
    }

    deinit { close(ear) }

    /// Waits for a question; false where none comes within ten seconds.
    func isAsked() -> Bool {
        var wanted = pollfd(fd: ear, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&wanted, 1, 10_000) == 1
    }
}
