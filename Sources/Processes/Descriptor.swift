internal import CProcess
internal import Glibc

/// One open file descriptor, closed with its owner.
struct Descriptor: ~Copyable {
    enum Sent: Equatable {
        case moved(Int)
        case later
        case over
    }

    enum Received: Equatable {
        case bytes([UInt8])
        case later
        case over

        var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    }

    let number: CInt

    init(_ number: CInt) { self.number = number }

    deinit { Glibc.close(number) }

    /// Lets the other side of a socket see its end.
    func hangUp() { shutdown(number, CInt(SHUT_RDWR)) }

    func write(_ bytes: ArraySlice<UInt8>) -> Sent {
        let count = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.write(number, bytes.baseAddress, bytes.count)
        }
        if count >= 0 { return .moved(count) }
        return errno == EAGAIN || errno == EINTR ? .later : .over
    }

    func read(atMost limit: Int) -> Received {
        var result = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { space, count in
            result = unsafe Glibc.read(number, space.baseAddress, limit)
            count = max(0, result)
        }
        if result > 0 { return .bytes(bytes) }
        return result < 0 && (errno == EAGAIN || errno == EINTR) ? .later : .over
    }
}

/// Two connected descriptors, ours and the guard's; ours never blocks.
struct DescriptorPair: ~Copyable {
    let ours: Descriptor
    let theirs: Descriptor

    /// Nil if the system refuses; `errno` says why.
    private init?(ours: CInt, theirs: CInt) {
        self.ours = Descriptor(ours)
        self.theirs = Descriptor(theirs)
        guard theseus_set_nonblocking(ours) == 0 else { return nil }
    }

    /// For both directions.
    static func channel() -> DescriptorPair? {
        var ends: [CInt] = [-1, -1]
        guard unsafe theseus_socket_pair(&ends) == 0 else { return nil }
        return DescriptorPair(ours: ends[0], theirs: ends[1])
    }

    /// We write.
    static func input() -> DescriptorPair? {
        var ends: [CInt] = [-1, -1]
        guard unsafe theseus_pipe(&ends) == 0 else { return nil }
        return DescriptorPair(ours: ends[1], theirs: ends[0])
    }

    /// We read.
    static func output() -> DescriptorPair? {
        var ends: [CInt] = [-1, -1]
        guard unsafe theseus_pipe(&ends) == 0 else { return nil }
        return DescriptorPair(ours: ends[0], theirs: ends[1])
    }
}

/// Wakes the thread from any other.
struct DescriptorBell: Sendable {
    private let number: CInt

    init(_ descriptor: borrowing Descriptor) { number = descriptor.number }

    func ring() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(number, &one, 8)
    }
}
