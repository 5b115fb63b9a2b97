internal import CLibcurl
internal import Glibc

/// A connection without a request.
extension CurlEasy {
    enum Sent {
        case moved(Int)
        case later
        case over
    }

    enum Received {
        case bytes(ArraySlice<UInt8>)
        case later
        case over
    }

    /// Connects, with a handshake where the URL says so, and does no more.
    func connect(within milliseconds: Int) -> CURLcode {
        unsafe theseus_curl_set_long(raw, CURLOPT_CONNECT_ONLY, 1)
        unsafe theseus_curl_set_long(raw, CURLOPT_SSL_ENABLE_ALPN, 0)
        unsafe theseus_curl_set_long(raw, CURLOPT_TIMEOUT_MS, milliseconds)
        return unsafe curl_easy_perform(raw)
    }

    func send(_ bytes: ArraySlice<UInt8>) -> Sent {
        var count = 0
        let code = unsafe bytes.withUnsafeBytes { bytes in
            unsafe curl_easy_send(raw, bytes.baseAddress, bytes.count, &count)
        }
        if code == CURLE_AGAIN { return .later }
        return code == CURLE_OK ? .moved(count) : .over
    }

    func receive(atMost limit: Int) -> Received {
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        let code = unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe curl_easy_recv(raw, bytes.baseAddress, bytes.count, &count)
        }
        if code == CURLE_AGAIN { return .later }
        return code == CURLE_OK && count > 0 ? .bytes(bytes[..<count]) : .over
    }

    /// Waits until the connection is ready, or the time has gone by.
    func waitUntilReady(writing: Bool, atMost milliseconds: Int) {
        let number = unsafe theseus_curl_get_socket(raw)
        var entry = pollfd(fd: number, events: CShort(writing ? POLLOUT : POLLIN), revents: 0)
        _ = unsafe poll(&entry, 1, CInt(milliseconds))
    }
}
