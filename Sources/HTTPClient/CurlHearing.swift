/// Which connection it is: at one moment no two have the same ends.
struct CurlConnection: Hashable {
    let peer: String
    let peerPort: CInt
    let ownPort: CInt
}

/// How much was heard over each connection: over HTTP/2 several requests share one, and what one of
/// them hears shows that it lives.
final class CurlHearing {
    private static let limit = 1024

    private var heard: [CurlConnection: Int] = [:]

    func pieces(over connection: CurlConnection) -> Int { heard[connection] ?? 0 }

    func hear(over connection: CurlConnection?) {
        guard let connection else { return }
        // Whoever waits over one that is forgotten takes it for alive: that costs a second try.
        if heard.count >= Self.limit, heard[connection] == nil { heard = [:] }
        heard[connection, default: 0] += 1
    }
}
