package import HTTPMessages

/// Carries requests by libcurl, on one thread of its own; closed when its last owner goes.
///
/// A body that somebody still reads as it arrives is such an owner.
///
/// Give what must not be held up a transport of its own: requests of one transport share a thread.
package final class CurlTransport: HTTPTransport {
    private let inbox = CurlInbox()

    package init(options: CurlOptions = CurlOptions()) {
        CurlThread.start(inbox, options: options)
    }

    deinit { inbox.close() }

    /// Fails what is in flight with `.cancelled` and ends the thread.
    ///
    /// Later requests fail at once.
    package func close() { inbox.close() }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        if let flaw = Self.flaw(of: request) {
            throw HTTPFailure(.malformed, reached: .never, place: request.place, detail: flaw)
        }
        let inbox = inbox
        let number = inbox.nextNumber()
        let exchange = CurlExchange(
            number: number, place: request.place,
            stream: request.streams ? CurlStream(place: request.place) : nil)
        return try await exchange.answer {
            inbox.post(.start(request, exchange))
        } onCancel: {
            inbox.post(.drop(number))
        } onPull: { [self] in
            // A body that is still being read keeps its transport.
            withExtendedLifetime(self) { inbox.post(.resume(number)) }
        }.get()
    }

    /// What makes a request unfit to be sent; header lines must not smuggle in further ones.
    private static func flaw(of request: HTTPRequest) -> String? {
        let isToken = request.method.utf8.allSatisfy {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
        }
        if request.method.isEmpty || !isToken { return "no such method" }
        for line in request.headers.lines {
            let whole = (line.name + line.value).utf8
            if whole.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 })
                || line.name.isEmpty || line.name.utf8.contains(UInt8(ascii: ":"))
            {
                return "a header line that cannot be sent"
            }
        }
        if case .chunks = request.body { return "a request's body cannot stream" }
        return nil
    }
}
