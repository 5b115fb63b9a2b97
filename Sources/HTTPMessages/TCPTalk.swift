/// One talk over a bare connection: what is said, and what must come back.
package struct TCPTalk: Hashable, Sendable {
    package var host: String
    package var port: Int
    /// With a handshake, and a certificate that must be good for the host.
    package var isSecure: Bool
    package var say: [UInt8]
    /// Heard until this stands in what came; nil: nothing is waited for.
    package var hear: [UInt8]?
    /// The whole talk's.
    package var timeout: Duration

    package init(
        _ host: String, port: Int, isSecure: Bool = false, say: [UInt8] = [], hear: [UInt8]? = nil,
        timeout: Duration = .seconds(10)
    ) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.say = say
        self.hear = hear
        self.timeout = timeout
    }

    /// Safe to show.
    package var place: String { "\(isSecure ? "tls" : "tcp") \(host):\(port)" }

    /// More than this is not listened to.
    package static let most = 64 << 10

    /// Whether what is waited for has come.
    package func isDone(_ heard: [UInt8]) -> Bool {
        guard let hear, !hear.isEmpty else { return true }
        guard heard.count >= hear.count else { return false }
        return (0...(heard.count - hear.count)).contains {
            heard[$0..<($0 + hear.count)].elementsEqual(hear)
        }
    }
}

/// Who carries such talks.
///
/// A conformance heeds cancellation at once, and the talk's `timeout` always.
package protocol TCPTransport: Sendable {
    /// What was heard, until it was what the talk waits for.
    func hold(_ talk: TCPTalk) async throws(HTTPFailure) -> [UInt8]
}
