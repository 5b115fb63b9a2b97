internal import Glibc

/// A socket that listens on a loopback address; closed with its owner unless given away.
struct ListeningSocket: ~Copyable {
    private let descriptor: CInt
    let port: Int

    init(address: String, port: Int) throws(ServerError) {
        let place = "\(address):\(port)"
        guard let name = SocketName(address, port: port) else {
            throw ServerError(.notLoopback, place: place)
        }
        let kind =
            CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(CInt(name.family), kind, 0)
        guard descriptor >= 0 else { throw ServerError(.system(errno), place: place) }
        var yes: CInt = 1
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        guard name.bind(descriptor), listen(descriptor, 4096) == 0 else {
            let number = errno
            Glibc.close(descriptor)
            throw Self.error(number, place: place)
        }
        self.descriptor = descriptor
        self.port = SocketName.port(of: descriptor)
    }

    deinit { Self.close(descriptor) }

    /// The descriptor, which the caller now owns.
    consuming func give() -> CInt {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    static func close(_ descriptor: CInt) { Glibc.close(descriptor) }

    private static func error(_ number: CInt, place: String) -> ServerError {
        switch number {
        case EADDRINUSE: ServerError(.addressInUse, place: place)
        case EACCES, EPERM: ServerError(.forbidden, place: place)
        default: ServerError(.system(number), place: place)
        }
    }
}

/// A loopback address and port, in the system's own form.
private struct SocketName {
    private enum Form {
        case four(sockaddr_in)
        case six(sockaddr_in6)
    }

    private let form: Form

    /// Nil for what is no loopback address.
    init?(_ address: String, port: Int) {
        guard let port = in_port_t(exactly: port) else { return nil }
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if unsafe inet_pton(AF_INET, address, &four.sin_addr) == 1 {
            guard UInt32(bigEndian: four.sin_addr.s_addr) >> 24 == 127 else { return nil }
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            form = .four(four)
        } else if address == "::1", unsafe inet_pton(AF_INET6, address, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            form = .six(six)
        } else {
            return nil
        }
    }

    var family: Int32 {
        switch form {
        case .four: AF_INET
        case .six: AF_INET6
        }
    }

    func bind(_ descriptor: CInt) -> Bool {
        switch form {
        case .four(var name): Self.bind(descriptor, &name)
        case .six(var name): Self.bind(descriptor, &name)
        }
    }

    private static func bind<Name>(_ descriptor: CInt, _ name: inout Name) -> Bool {
        unsafe withUnsafePointer(to: &name) { name in
            unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                unsafe Glibc.bind(descriptor, name, socklen_t(MemoryLayout<Name>.size)) == 0
            }
        }
    }

    /// The port that a bound socket has.
    static func port(of descriptor: CInt) -> Int {
        // Both forms have the port in the same place.
        var name = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        unsafe withUnsafeMutablePointer(to: &name) { name in
            unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                _ = unsafe getsockname(descriptor, name, &size)
            }
        }
        return Int(in_port_t(bigEndian: name.sin6_port))
    }
}
