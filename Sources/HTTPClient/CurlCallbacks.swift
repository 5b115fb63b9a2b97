internal import CLibcurl
internal import HTTPMessages

// What libcurl calls, on the transport's thread: turns pointers into arrays and back, no more.

func curlHeardLine(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer(context) else { return 0 }
    let line = unsafe array(bytes, count: size * count)
    return transfer.hear(line: line) ? size * count : 0
}

func curlHeardBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer(context) else { return 0 }
    let piece = unsafe array(bytes, count: size * count)
    switch transfer.hear(body: piece) {
    case .taken: return size * count
    case .pause: return theseus_curl_pause
    case .refuse: return 0
    }
}

func curlWantsUpload(
    _ space: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer(context), let space = unsafe space else {
        return theseus_curl_upload_abort
    }
    let piece = transfer.nextUpload(atMost: size * count)
    unsafe UnsafeMutableRawBufferPointer(start: space, count: size * count).copyBytes(from: piece)
    return piece.count
}

func curlMayBegin(
    _ context: UnsafeMutableRawPointer?, _ peer: UnsafeMutablePointer<CChar>?,
    _: UnsafeMutablePointer<CChar>?, _ peerPort: CInt, _ ownPort: CInt
) -> CInt {
    guard let transfer = unsafe transfer(context) else { return CURL_PREREQFUNC_ABORT }
    let connection = CurlConnection(
        peer: unsafe peer.map { unsafe String(cString: $0) } ?? "", peerPort: peerPort,
        ownPort: ownPort)
    return transfer.mayBegin(over: connection) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

func curlOpens(
    _ context: UnsafeMutableRawPointer?, _: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let transfer = unsafe transfer(context), let address = unsafe address else {
        return theseus_curl_no_socket
    }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe Int(theseus_curl_address_bytes(address, &bytes))
    guard transfer.mayMeet(NetworkAddress(Array(bytes.prefix(count)))) else {
        return theseus_curl_no_socket
    }
    return unsafe theseus_curl_open_socket(address)
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
}

private func array(_ bytes: UnsafeMutablePointer<CChar>?, count: Int) -> [UInt8] {
    guard let bytes = unsafe bytes else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
}
