internal import Glibc

/// Hears SIGINT, SIGTERM and SIGHUP, on a thread of its own, for as long as the process lives.
package enum SignalWatch {
    package enum Heard: Sendable {
        /// SIGTERM, SIGHUP (the terminal has gone), or the first SIGINT: end in order.
        case end
        /// A further SIGINT, two seconds later or more: stop at once.
        case stop
    }

    /// Call once, early.
    ///
    /// `hear` runs on the watching thread and must not block.
    package static func start(_ hear: @escaping @Sendable (Heard) -> Void) {
        guard pipe.isOpen else { return }
        let context = unsafe Unmanaged.passRetained(Listener(hear)).toOpaque()
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let listener = unsafe Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
                listener.listen()
                return nil
            }, context)
        guard started == 0 else { return }
        signal(SIGINT) { SignalWatch.note($0) }
        signal(SIGTERM) { SignalWatch.note($0) }
        if !isIgnored(SIGHUP) { signal(SIGHUP) { SignalWatch.note($0) } }
    }

    /// As under `nohup`.
    private static func isIgnored(_ number: CInt) -> Bool {
        var now = sigaction()
        guard unsafe sigaction(number, nil, &now) == 0 else { return false }
        let handler = unsafe unsafeBitCast(now.__sigaction_handler.sa_handler, to: Int.self)
        let ignore = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        return handler == ignore
    }

    /// Runs in the signal's context: one write, nothing else.
    private static func note(_ number: CInt) {
        var byte = UInt8(truncatingIfNeeded: number)
        _ = unsafe write(pipe.entry, &byte, 1)
    }

    fileprivate static let pipe = SignalPipe()
}

/// The way from a signal's context to a thread.
private struct SignalPipe: Sendable {
    let exit: CInt
    let entry: CInt

    var isOpen: Bool { entry >= 0 }

    init() {
        var ends: [CInt] = [-1, -1]
        if unsafe Glibc.pipe(&ends) == 0 {
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        } else {
            ends = [-1, -1]
        }
        exit = ends[0]
        entry = ends[1]
    }
}

private final class Listener: Sendable {
    private let hear: @Sendable (SignalWatch.Heard) -> Void

    init(_ hear: @escaping @Sendable (SignalWatch.Heard) -> Void) { self.hear = hear }

    func listen() {
        let clock = ContinuousClock()
        var firstInterrupt: ContinuousClock.Instant?
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(SignalWatch.pipe.exit, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return }
            guard CInt(byte) == SIGINT else {
                hear(.end)  // however often: whole process trees are signalled at once
                continue
            }
            guard let first = firstInterrupt else {
                firstInterrupt = clock.now
                hear(.end)
                continue
            }
            if clock.now - first >= .seconds(2) { hear(.stop) }
        }
    }
}
