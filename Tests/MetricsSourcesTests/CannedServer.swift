import HTTPMessages
import JSONTree
import Synchronization

/// A server in memory that answers every request alike, and remembers them.
final class CannedServer: HTTPTransport, Sendable {
    static let now = 1_700_000_000.0

    private let answer: @Sendable (HTTPRequest) throws(HTTPFailure) -> HTTPResponse
    private let log = Mutex<[HTTPRequest]>([])

    init(_ answer: @escaping @Sendable (HTTPRequest) throws(HTTPFailure) -> HTTPResponse) {
        self.answer = answer
    }

    var asked: [HTTPRequest] { log.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        log.withLock { $0.append(request) }
        return try answer(request)
    }

    static func body(_ tree: JSONTree, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: .tree(tree))
    }
}

extension CannedServer {
    /// A Prometheus that finds one series with that value.
    static func number(_ value: String) -> CannedServer {
        CannedServer { _ in
            body([
                "status": "success",
                "data": [
                    "resultType": "vector",
                    "result": [["metric": [:], "value": [.number(now), .string(value)]]],
                ],
            ])
        }
    }

    static func always(_ response: HTTPResponse) -> CannedServer {
        CannedServer { _ in response }
    }

    static func fails(_ failure: HTTPFailure) -> CannedServer {
        CannedServer { _ throws(HTTPFailure) in throw failure }
    }
}
