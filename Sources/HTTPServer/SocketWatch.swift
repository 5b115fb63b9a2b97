internal import CMicroHTTPD
internal import Glibc

/// What the thread sleeps on: libmicrohttpd, the bell, and the ends of connections set aside.
@safe struct SocketWatch: ~Copyable {
    /// Keys up to here are the watch's own.
    static let firstKey = 16
    private static let daemonKey = 1
    private static let bellKey = 2

    private let epoll: CInt
    let bell: SocketBell

    /// Nil if the system refuses.
    init?() {
        let epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        let bell = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        self.epoll = epoll
        self.bell = SocketBell(descriptor: bell)
        guard epoll >= 0, bell >= 0 else { return nil }
        _ = theseus_watch(epoll, bell, theseus_watch_input, UInt64(Self.bellKey))
    }

    deinit {
        close(epoll)
        close(bell.descriptor)
    }

    func add(_ daemon: borrowing MicroDaemon) {
        _ = theseus_watch(
            epoll, daemon.descriptor, theseus_watch_input, UInt64(Self.daemonKey))
    }

    /// Tells with `key` when the other side of this connection goes away.
    func add(_ connection: MicroConnection, key: Int) {
        _ = theseus_watch(epoll, connection.descriptor, theseus_watch_hangup, UInt64(key))
    }

    func remove(_ connection: MicroConnection) {
        _ = theseus_unwatch(epoll, connection.descriptor)
    }

    /// Waits; gives the keys of the connections whose other side is gone.
    func wait(milliseconds: Int?) -> [Int] {
        var keys = [UInt64](repeating: 0, count: 64)
        let limit = milliseconds.map { CInt(clamping: $0) } ?? -1
        let count = unsafe keys.withUnsafeMutableBufferPointer { keys in
            unsafe theseus_watch_wait(epoll, keys.baseAddress, CInt(keys.count), limit)
        }
        if count > 0, keys.prefix(Int(count)).contains(UInt64(Self.bellKey)) { bell.silence() }
        return keys.prefix(max(0, Int(count))).map { Int($0) }.filter { $0 > Self.firstKey }
    }
}

/// Wakes the thread from any other.
struct SocketBell: Sendable {
    fileprivate let descriptor: CInt

    func ring() {
        var one: UInt64 = 1
        unsafe write(descriptor, &one, 8)
    }

    fileprivate func silence() {
        var count: UInt64 = 0
        unsafe read(descriptor, &count, 8)
    }
}
