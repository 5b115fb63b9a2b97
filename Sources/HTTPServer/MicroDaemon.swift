internal import CMicroHTTPD

/// libmicrohttpd's daemon: the listening socket and all its connections, driven by our thread.
@safe struct MicroDaemon: ~Copyable {
    private static let connectionLimit: CUnsignedInt = 100_000
    /// Room for the header lines of one request, and for what is being sent.
    private static let memoryLimit = 64 << 10

    private let daemon: OpaquePointer

    /// Takes the socket over.
    ///
    /// `loop` must live until `stop`. Nil if the system refuses.
    init?(_ listener: consuming ListeningSocket, loop: ServerLoop) {
        let context = unsafe Unmanaged.passUnretained(loop).toOpaque()
        let socket = listener.give()
        let started = unsafe theseus_mhd_start(
            socket, Self.connectionLimit, Self.memoryLimit, context, microBegin, microAccess,
            microCompleted, microConnected)
        guard let started = unsafe started else {
            ListeningSocket.close(socket)
            return nil
        }
        unsafe daemon = started
    }

    /// Tells all connections that they are over, and closes them.
    consuming func stop() { unsafe MHD_stop_daemon(daemon) }

    /// Does what can be done without waiting.
    func run() { unsafe MHD_run(daemon) }

    /// Readable when `run` has something to do.
    var descriptor: CInt { unsafe theseus_mhd_epoll(daemon) }

    /// How long the thread may sleep at most; nil: until something happens.
    var milliseconds: Int? {
        var milliseconds: CUnsignedLongLong = 0
        let hasLimit = unsafe MHD_get_timeout(daemon, &milliseconds)
        return hasLimit == .YES ? Int(clamping: milliseconds) : nil
    }
}
