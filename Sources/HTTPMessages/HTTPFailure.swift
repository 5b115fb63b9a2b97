/// Why no answer came.
package struct HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case unresolved
        case refused
        case timedOut
        case reset
        case untrusted
        case malformed
        case tooLarge
        /// Nothing was sent: what should show who we are is not to be had.
        case noCredential
        /// Nothing was sent: the host's address is one that the request must not meet.
        case forbidden
        case cancelled
    }

    /// Whether the peer can have acted on the request: the question after every failed write.
    package enum Reached: Hashable, Sendable {
        case never
        case perhaps
    }

    package let reason: Reason
    package let reached: Reached
    /// Method and URL without user, password and query: safe to show.
    package let place: String
    package let detail: String

    package init(_ reason: Reason, reached: Reached, place: String, detail: String = "") {
        self.reason = reason
        self.reached = reached
        self.place = place
        self.detail = detail
    }

    /// What happened, in a few words.
    package var meaning: String {
        switch reason {
        case .unresolved: "the host's name is not known"
        case .refused: "nobody listens there"
        case .timedOut: "no answer in time"
        case .reset: "the connection broke"
        case .untrusted: "the server's certificate is not trusted"
        case .malformed: "the answer is not HTTP"
        case .tooLarge: "the answer is larger than allowed"
        case .noCredential: "there is no credential to show"
        case .forbidden: "the host's address is link-local or a cloud's own"
        case .cancelled: "called off"
        }
    }

    private var remedy: String {
        switch reason {
        case .unresolved: "check the host name, or this machine's name server"
        case .refused: "check that the server runs and that no firewall is between"
        case .timedOut, .reset: "check the network and the server's load, then try again"
        case .untrusted: "give the server's CA, or check the name in its certificate"
        case .malformed: "check that the address is an HTTP server's"
        case .tooLarge: "ask for less at once"
        case .noCredential: "sign in again, as for kubectl"
        case .forbidden: "check the host name; or say that any address may be met"
        case .cancelled: "nothing; somebody called it off"
        }
    }

    package var description: String {
        """
        http: \(meaning)\(detail.isEmpty ? "" : " (\(detail))")
          where: \(place)
          do:    \(remedy)
        """
    }
}

extension HTTPRequest {
    /// Method and URL without user, password and query: safe to show and to keep.
    package var place: String {
        let bytes = Array(url.utf8)
        let end = bytes.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        var shown = bytes[..<(end ?? bytes.endIndex)]
        if let colon = shown.firstIndex(of: UInt8(ascii: ":")),
            shown[colon...].starts(with: "://".utf8)
        {
            let rest = shown[(colon + 3)...]
            let authority = rest.prefix { $0 != UInt8(ascii: "/") }
            if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
                shown = shown[..<(colon + 3)] + shown[(at + 1)...]
            }
        }
        return "\(method) " + String(decoding: shown, as: UTF8.self)
    }
}
