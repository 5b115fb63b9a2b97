internal import CLibcurl
internal import Glibc

/// Starts the one thread of a transport.
enum CurlThread {
    /// libcurl's own beginning, once for the process.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// The thread ends by itself after the inbox is closed.
    ///
    /// If none can be started, the inbox is.
    static func start(_ inbox: CurlInbox, options: CurlOptions) {
        let errand = unsafe Unmanaged.passRetained(CurlErrand(inbox: inbox, options: options))
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let code =
            isReady
            ? unsafe pthread_create(&thread, &attributes, runErrand, errand.toOpaque()) : EAGAIN
        if code != 0 {
            unsafe errand.release()
            inbox.close()
        }
    }
}

/// What the new thread is given: a class, since it crosses C as a pointer.
private final class CurlErrand: Sendable {
    let inbox: CurlInbox
    let options: CurlOptions

    init(inbox: CurlInbox, options: CurlOptions) {
        self.inbox = inbox
        self.options = options
    }
}

private func runErrand(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let errand = unsafe Unmanaged<CurlErrand>.fromOpaque(context).takeRetainedValue()
    // Signals are the main thread's; a write to a broken pipe is an error code here.
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, nil)
    if var loop = CurlLoop(inbox: errand.inbox, options: errand.options) {
        loop.run()
    } else {
        errand.inbox.close()
    }
    return nil
}
