internal import HTTPMessages

/// One request as libmicrohttpd's callbacks see it: from its first line to its last byte.
final class ServerTurn {
    enum Stage {
        /// Its body comes. Next: `overflowing`, `waiting`.
        case receiving
        /// Its body is larger than allowed; the rest is read and forgotten. Next: `sending`.
        case overflowing
        /// Its task thinks; the connection is set aside. Next: `answered`, `abandoned`.
        case waiting
        /// The answer is here and goes out when libmicrohttpd asks. Next: `sending`.
        case answered(HTTPResponse)
        /// The answer goes out, at once or piece by piece. Next: `abandoned`.
        case sending
        /// The client is gone, or we stop: the connection is to be closed.
        case abandoned
    }

    let number: Int
    let target: String
    let connection: MicroConnection
    /// For libmicrohttpd's supply callback, which is given the turn alone.
    private(set) weak var loop: ServerLoop?
    /// libmicrohttpd has told us of the header lines.
    var hasHead = false
    var stage = Stage.receiving
    var body: [UInt8] = []
    /// Set aside: libmicrohttpd does not look at the connection, so we watch for its end.
    var isAside = false
    var exchange: ServerExchange?

    init(number: Int, target: String, connection: MicroConnection, loop: ServerLoop) {
        self.number = number
        self.target = target
        self.connection = connection
        self.loop = loop
    }
}
