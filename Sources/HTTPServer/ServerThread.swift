internal import Glibc
internal import Synchronization

/// Starts the one thread of a server.
enum ServerThread {
    /// The thread ends by itself after the inbox is closed.
    ///
    /// False: it could not be started.
    static func start(
        _ inbox: ServerInbox, _ listener: consuming ListeningSocket,
        _ arrivals: AsyncStream<ServerExchange>.Continuation, bodyLimit: Int
    ) -> Bool {
        guard let watch = SocketWatch() else { return false }
        let loop = ServerLoop(
            inbox: inbox, arrivals: arrivals, bodyLimit: bodyLimit, watch: watch)
        guard let daemon = MicroDaemon(listener, loop: loop) else { return false }
        let errand = unsafe Unmanaged.passRetained(ServerErrand(loop: loop, daemon: daemon))
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, &attributes, runErrand, errand.toOpaque())
        if code != 0 { unsafe errand.takeRetainedValue().daemon.take()?.stop() }
        return code == 0
    }
}

/// What the new thread is given: a class, since it crosses C as a pointer.
private final class ServerErrand {
    let loop: ServerLoop
    var daemon: MicroDaemon?

    init(loop: ServerLoop, daemon: consuming MicroDaemon) {
        self.loop = loop
        self.daemon = consume daemon
    }
}

private func runErrand(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let errand = unsafe Unmanaged<ServerErrand>.fromOpaque(context).takeRetainedValue()
    // Signals are the main thread's; a write to a broken pipe is an error code here.
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, nil)
    if let daemon = errand.daemon.take() { errand.loop.run(daemon) }
    return nil
}
