internal import CMicroHTTPD
internal import HTTPMessages

// What libmicrohttpd calls, on the server's thread: turns pointers into values, no more.

func microConnected(
    _ context: UnsafeMutableRawPointer?, _: OpaquePointer?,
    _ socketContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ what: MHD_ConnectionNotificationCode
) {
    guard let loop = unsafe loop(context), what == .CONNECTION_NOTIFY_STARTED else { return }
    unsafe socketContext?.pointee = UnsafeMutableRawPointer(bitPattern: loop.connected())
}

func microBegin(
    _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?,
    _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let loop = unsafe loop(context), let target = unsafe target,
        let connection = unsafe connection
    else { return nil }
    let turn = unsafe loop.begin(
        target: String(cString: target), on: MicroConnection(connection))
    return unsafe Unmanaged.passUnretained(turn).toOpaque()
}

func microAccess(
    _ context: UnsafeMutableRawPointer?, _: OpaquePointer?, _: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ uploadCount: UnsafeMutablePointer<Int>?,
    _ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let loop = unsafe loop(context), let turn = unsafe turn(request?.pointee),
        let method = unsafe method, let uploadCount = unsafe uploadCount
    else { return .NO }
    let verdict: ServerLoop.Verdict
    if !turn.hasHead {
        turn.hasHead = true
        verdict = loop.receiveHead(turn)
    } else if unsafe uploadCount.pointee > 0 {
        let bytes = unsafe UnsafeRawBufferPointer(start: upload, count: uploadCount.pointee)
        loop.receive(unsafe Array(bytes), of: turn)
        unsafe uploadCount.pointee = 0
        verdict = .goOn
    } else {
        verdict = unsafe loop.answer(turn, method: String(cString: method))
    }
    return verdict == .goOn ? .YES : .NO
}

func microSupply(
    _ context: UnsafeMutableRawPointer?, _: UInt64, _ space: UnsafeMutablePointer<CChar>?,
    _ count: Int
) -> Int {
    guard let turn = unsafe turn(context), let space = unsafe space, let loop = turn.loop else {
        return theseus_mhd_break
    }
    switch loop.supply(turn, atMost: count) {
    case .bytes(let bytes):
        unsafe UnsafeMutableRawBufferPointer(start: space, count: count).copyBytes(from: bytes)
        return bytes.count
    case .later: return 0
    case .end(.complete): return theseus_mhd_end
    case .end(.broken): return theseus_mhd_break
    }
}

func microCompleted(
    _ context: UnsafeMutableRawPointer?, _: OpaquePointer?,
    _ request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _: MHD_RequestTerminationCode
) {
    guard let loop = unsafe loop(context), let turn = unsafe turn(request?.pointee) else { return }
    unsafe request?.pointee = nil
    loop.complete(turn)
}

func microHeader(
    _ context: UnsafeMutableRawPointer?, _: MHD_ValueKind, _ name: UnsafePointer<CChar>?,
    _ value: UnsafePointer<CChar>?
) -> MHD_Result {
    guard let context = unsafe context, let name = unsafe name else { return .NO }
    let line = unsafe HTTPHeaders.Line(
        name: String(cString: name), value: value.map { unsafe String(cString: $0) } ?? "")
    unsafe context.assumingMemoryBound(to: HTTPHeaders.self).pointee.lines.append(line)
    return .YES
}

private func loop(_ context: UnsafeMutableRawPointer?) -> ServerLoop? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<ServerLoop>.fromOpaque(context).takeUnretainedValue()
}

/// The turns are owned by the loop until they are complete.
private func turn(_ context: UnsafeMutableRawPointer?) -> ServerTurn? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<ServerTurn>.fromOpaque(context).takeUnretainedValue()
}
