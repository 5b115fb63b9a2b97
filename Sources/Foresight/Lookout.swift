package import HTTPMessages
internal import JSONTree
internal import Synchronization

/// Whoever plans looks at a cluster through it: it remembers what it saw, and lets no write through.
package final class Lookout: Sendable {
    private let sights = Mutex(LiveObjects())

    package init() {}

    /// All that was seen so far.
    package var seen: LiveObjects { sights.withLock { $0 } }

    /// The same way to an API server, behind the wall.
    package func through(_ way: any HTTPTransport, to server: String) -> any HTTPTransport {
        Window(wall: ReadOnlyTransport(way, to: server), server: server, lookout: self)
    }

    fileprivate func note(_ request: HTTPRequest, to server: String, _ response: HTTPResponse) {
        guard request.method == "GET", !request.streams,
            let target = APIPath.target(of: request.url, below: server)
        else { return }
        let tree = (try? response.body.tree()) ?? nil
        sights.withLock { $0.note(target, status: response.status, tree) }
    }
}

private struct Window: HTTPTransport {
    let wall: ReadOnlyTransport
    let server: String
    let lookout: Lookout

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let response = try await wall.send(request)
        lookout.note(request, to: server, response)
        return response
    }
}
