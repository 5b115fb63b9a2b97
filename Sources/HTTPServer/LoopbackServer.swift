package import HTTPMessages

extension HTTPResponse {
    /// No answer: the connection is closed without a word.
    package static let hangUp = HTTPResponse(status: 0)

    var isHangUp: Bool { status == 0 }
}

/// Answers HTTP on a loopback address; listens from the start, answers while `serve` runs.
package final class LoopbackServer: Sendable {
    package typealias Handler = @Sendable (HTTPServerRequest) async -> HTTPResponse

    /// Where it listens; the one that the system chose, if 0 was asked for.
    package let port: Int
    private let inbox: ServerInbox
    private let arrivals: AsyncStream<ServerExchange>
    private let handler: Handler

    /// `bodyLimit` bounds what a client may send; more is answered with 413.
    package init(
        address: String = "127.0.0.1", port: Int = 0, bodyLimit: Int = 16 << 20,
        handler: @escaping Handler
    ) throws(ServerError) {
        let listener = try ListeningSocket(address: address, port: port)
        self.port = listener.port
        self.handler = handler
        let (arrivals, arrive) = AsyncStream.makeStream(of: ServerExchange.self)
        self.arrivals = arrivals
        let inbox = ServerInbox()
        self.inbox = inbox
        guard ServerThread.start(inbox, listener, arrive, bodyLimit: bodyLimit) else {
            throw ServerError(.system(12), place: "\(address):\(port)")
        }
    }

    deinit { inbox.close() }

    /// Answers requests, each in a child task of its own, until `stop` or cancellation.
    ///
    /// A handler is cancelled when its client goes away. Call it once.
    package func serve() async {
        let inbox = inbox
        let handler = handler
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await exchange in arrivals {
                    group.addTask {
                        await Self.carry(exchange, inbox: inbox, handler: handler)
                    }
                }
                group.cancelAll()
            }
        } onCancel: {
            inbox.close()
        }
    }

    /// Closes all connections and the listening socket; `serve` then returns.
    package func stop() { inbox.close() }

    /// Runs the handler until it has answered or its client is gone.
    private static func carry(
        _ exchange: ServerExchange, inbox: ServerInbox, handler: @escaping Handler
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await answer(exchange, inbox: inbox, handler: handler) }
            group.addTask { await exchange.gone() }
            await group.next()
            group.cancelAll()
        }
    }

    private static func answer(
        _ exchange: ServerExchange, inbox: ServerInbox, handler: Handler
    ) async {
        let response = await handler(exchange.request)
        let stream = exchange.stream
        guard case .chunks(let chunks) = response.body, exchange.mayHaveBody(response.status) else {
            inbox.post(.answer(exchange.number, response))
            return
        }
        inbox.post(.answer(exchange.number, response))
        do {
            while let chunk = try await chunks.next() {
                let piece =
                    switch chunk {
                    case .bytes(let bytes): HTTPBody.bytes(bytes)
                    case .tree(let tree): HTTPBody.tree(tree)
                    }
                guard await stream.put(piece.bytes ?? [], inbox: inbox) else { return }
            }
            stream.end(.complete, inbox: inbox)
        } catch {
            stream.end(.broken, inbox: inbox)
        }
    }
}
