internal import Glibc

/// A wait for many descriptors at once.
struct DescriptorPoll {
    enum Wish {
        case reading
        case writing
        case both
    }

    private var entries: [pollfd] = []
    private var ready: Set<CInt> = []

    mutating func add(_ number: CInt, for wish: Wish) {
        let events =
            switch wish {
            case .reading: POLLIN
            case .writing: POLLOUT
            case .both: POLLIN | POLLOUT
            }
        entries.append(pollfd(fd: number, events: CShort(events), revents: 0))
    }

    /// Waits until one of them is ready, or `limit` has gone by.
    mutating func wait(atMost limit: Duration?) {
        var milliseconds: CInt = -1
        if let limit {
            let (seconds, fraction) = limit.components
            milliseconds =
                seconds >= 60
                ? 60_000
                : CInt(max(0, seconds * 1000 + fraction / 1_000_000_000_000_000 + 1))
        }
        _ = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
        ready = Set(entries.lazy.filter { $0.revents != 0 }.map(\.fd))
    }

    func isReady(_ number: CInt) -> Bool { ready.contains(number) }
}
