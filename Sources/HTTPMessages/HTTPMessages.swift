// HTTPMessages — requests and answers as plain values, and the one door they go through.
//
//   HTTPRequest, HTTPResponse   what is said
//   HTTPHeaders, HTTPBody       of what it consists
//   HTTPFailure                 why no answer came, and whether the peer may have acted
//   NetworkAddress              where a name leads, and where it must not
//   TCPTalk, TCPTransport       the same for bare connections
//   HTTPTransport               who carries it: curl in production, the Lab in a simulation
//
// Knows nothing about sockets or Kubernetes.

/// One request; `timeout` bounds the whole exchange, name look-up included.
package struct HTTPRequest: Sendable {
    package var method: String
    package var url: String
    package var headers: HTTPHeaders
    package var body: HTTPBody
    package var timeout: Duration
    /// The body is wanted as it arrives (`HTTPBody.chunks`); `timeout` then bounds the time to the
    /// headers only.
    package var streams: Bool
    /// Never over a connection that was used before: who answers is the question.
    package var freshConnection: Bool
    /// Signed as it is sent; its header lines must be whole by then.
    package var signature: RequestSignature?
    /// Never to an address of `NetworkAddress.isForbidden`, whatever the host's name is resolved to;
    /// and over no connection that another request made.
    package var sparesInnerAddresses = false

    package init(
        _ method: String, _ url: String, headers: HTTPHeaders = [:], body: HTTPBody = .empty,
        timeout: Duration = .seconds(30), streams: Bool = false, freshConnection: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.streams = streams
        self.freshConnection = freshConnection
    }
}

package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: HTTPBody

    package init(status: Int, headers: HTTPHeaders = [:], body: HTTPBody = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Who carries requests.
///
/// A conformance heeds cancellation at once, and the request's `timeout` always.
package protocol HTTPTransport: Sendable {
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}

/// What Amazon's signature (version 4) of a request is made with; never shown.
package struct RequestSignature: Hashable, Sendable {
    package var region: String
    package var service: String
    package var accessKey: String
    package var secretKey: String

    package init(region: String, service: String, accessKey: String, secretKey: String) {
        self.region = region
        self.service = service
        self.accessKey = accessKey
        self.secretKey = secretKey
    }
}

extension RequestSignature: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package var description: String { "(a signature for \(service) in \(region))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
