internal import CLibcurl

/// libcurl's multi handle: all transfers of one thread, and the connections they leave behind.
@safe struct CurlMulti: ~Copyable {
    private let multi: OpaquePointer

    /// Nil if libcurl has no memory.
    init?(idleConnections: Int) {
        guard let multi = unsafe curl_multi_init() else { return nil }
        unsafe self.multi = OpaquePointer(multi)
        unsafe theseus_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, idleConnections)
    }

    deinit { unsafe curl_multi_cleanup(UnsafeMutableRawPointer(multi)) }

    private var raw: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(multi) }

    func add(_ easy: borrowing CurlEasy) -> Bool {
        unsafe curl_multi_add_handle(raw, easy.raw) == CURLM_OK
    }

    func remove(_ easy: borrowing CurlEasy) { unsafe curl_multi_remove_handle(raw, easy.raw) }

    /// Lets every transfer go on as far as it can without waiting.
    func perform() {
        var running: CInt = 0
        unsafe curl_multi_perform(raw, &running)
    }

    /// The next transfer that has ended, well or badly.
    func nextOver() -> (transfer: CurlTransfer, code: CURLcode)? {
        var code = CURLE_OK
        while let easy = unsafe theseus_curl_next_over(raw, &code) {
            guard let context = unsafe theseus_curl_get_context(easy) else { continue }
            let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return (transfer, code)
        }
        return nil
    }

    /// Waits until a socket is ready, libcurl has something to do, or the bell rings.
    func wait(atMost limit: Duration?) {
        var milliseconds = 60_000
        if let limit {
            // Rounded up: waking too early would only mean to wait again.
            let (seconds, fraction) = limit.components
            if seconds < 60 {
                let started = (fraction + 999_999_999_999_999) / 1_000_000_000_000_000
                milliseconds = Int(seconds) * 1000 + Int(started)
            }
        }
        unsafe curl_multi_poll(raw, nil, 0, CInt(max(0, milliseconds)), nil)
    }

    /// Something to ring from other threads; must not outlive this handle.
    func bell() -> CurlBell { unsafe CurlBell(raw) }
}

/// Wakes the thread that waits in `CurlMulti.wait`; the one thing other threads may do to it.
@safe struct CurlBell: Sendable {
    /// A pointer may not cross threads, and rightly; this one call may, so a number does.
    private let address: UInt

    fileprivate init(_ multi: UnsafeMutableRawPointer) { address = UInt(bitPattern: multi) }

    func ring() { unsafe curl_multi_wakeup(UnsafeMutableRawPointer(bitPattern: address)) }
}
