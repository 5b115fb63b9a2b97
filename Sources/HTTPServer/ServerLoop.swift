internal import HTTPMessages

/// The thread's work: sockets, orders, and what libmicrohttpd's callbacks mean.
///
/// Everything here belongs to the thread; only the inbox and the exchanges are seen by others.
final class ServerLoop {
    enum Verdict {
        case goOn
        case close
    }

    /// What a stream's connection is to do next.
    enum Supply {
        case bytes(ArraySlice<UInt8>)
        /// It was set aside.
        case later
        case end(ServerStream.Ending)
    }

    private let inbox: ServerInbox
    private let arrivals: AsyncStream<ServerExchange>.Continuation
    private let bodyLimit: Int
    private let watch: SocketWatch
    private var turns: [Int: ServerTurn] = [:]
    private var lastTurn = SocketWatch.firstKey
    private var lastConnection = 0
    /// We stop: answer nothing more.
    private var isStopping = false

    init(
        inbox: ServerInbox, arrivals: AsyncStream<ServerExchange>.Continuation, bodyLimit: Int,
        watch: consuming SocketWatch
    ) {
        self.inbox = inbox
        self.arrivals = arrivals
        self.bodyLimit = bodyLimit
        self.watch = watch
    }

    /// Works until the inbox is closed; then closes every connection.
    func run(_ daemon: consuming MicroDaemon) {
        watch.add(daemon)
        inbox.hang(watch.bell)
        while true {
            let (orders, isClosed) = inbox.take()
            for order in orders { obey(order) }
            if isClosed { break }
            daemon.run()
            for key in watch.wait(milliseconds: daemon.milliseconds) {
                if let turn = turns[key] { abandon(turn) }
            }
        }
        inbox.hang(nil)
        isStopping = true
        // libmicrohttpd does not allow to stop while a connection is set aside.
        for (_, turn) in turns.sorted(by: { $0.key < $1.key }) { abandon(turn) }
        daemon.stop()
        arrivals.finish()
    }

    private func obey(_ order: ServerOrder) {
        switch order {
        case .answer(let number, let response):
            guard let turn = turns[number], case .waiting = turn.stage else { return }
            turn.stage = .answered(response)
            takeUp(turn)
        case .wake(let number):
            if let turn = turns[number] { takeUp(turn) }
        }
    }

    /// The client is gone, or we stop.
    private func abandon(_ turn: ServerTurn) {
        turn.stage = .abandoned
        turn.exchange?.end()
        takeUp(turn)
    }

    private func setAside(_ turn: ServerTurn) {
        turn.isAside = true
        turn.connection.suspend()
        watch.add(turn.connection, key: turn.number)
    }

    private func takeUp(_ turn: ServerTurn) {
        guard turn.isAside else { return }
        turn.isAside = false
        watch.remove(turn.connection)
        turn.connection.resume()
    }

    // MARK: What libmicrohttpd says

    func connected() -> Int {
        lastConnection += 1
        return lastConnection
    }

    /// The first line of a request.
    func begin(target: String, on connection: MicroConnection) -> ServerTurn {
        lastTurn += 1
        let turn = ServerTurn(number: lastTurn, target: target, connection: connection, loop: self)
        turns[lastTurn] = turn
        return turn
    }

    /// The header lines are here: refuses what says itself that it is too large.
    func receiveHead(_ turn: ServerTurn) -> Verdict {
        if isStopping { return .close }
        guard let length = turn.connection.header("Content-Length").flatMap({ Int($0) }),
            length > bodyLimit
        else { return .goOn }
        return refuse(turn)
    }

    func receive(_ piece: [UInt8], of turn: ServerTurn) {
        guard case .receiving = turn.stage else { return }
        if turn.body.count + piece.count > bodyLimit {
            turn.stage = .overflowing
            turn.body = []
        } else {
            turn.body += piece
        }
    }

    /// The request is complete, or its answer is due.
    func answer(_ turn: ServerTurn, method: String) -> Verdict {
        if isStopping { return .close }
        switch turn.stage {
        case .receiving:
            let exchange = ServerExchange(
                number: turn.number,
                request: HTTPServerRequest(
                    method: method, target: turn.target, headers: turn.connection.headers(),
                    body: turn.body, connection: turn.connection.number))
            turn.body = []
            turn.exchange = exchange
            turn.stage = .waiting
            setAside(turn)
            arrivals.yield(exchange)
            return .goOn
        case .overflowing: return refuse(turn)
        case .waiting:
            setAside(turn)
            return .goOn
        case .answered(let response) where response.isHangUp: return .close
        case .answered(let response): return send(response, turn)
        case .sending: return .goOn
        case .abandoned: return .close
        }
    }

    private func refuse(_ turn: ServerTurn) -> Verdict {
        turn.stage = .sending
        let text = "the request's body is larger than \(bodyLimit) bytes\n"
        return turn.connection.queue(HTTPResponse(status: 413, body: .text(text))) ? .goOn : .close
    }

    private func send(_ response: HTTPResponse, _ turn: ServerTurn) -> Verdict {
        turn.stage = .sending
        var response = response
        var stream: ServerTurn?
        if turn.exchange?.mayHaveBody(response.status) == false {
            // Of a HEAD's answer libmicrohttpd sends the length alone.
            let isHead = turn.exchange?.request.method == "HEAD"
            if case .chunks = response.body { response.body = .empty }
            if !isHead { response.body = .empty }
        }
        if case .chunks = response.body { stream = turn }
        if turn.connection.queue(response, stream: stream) { return .goOn }
        let text = "the handler gave an answer that cannot be sent\n"
        turn.exchange?.stream.close()
        return turn.connection.queue(HTTPResponse(status: 500, body: .text(text))) ? .goOn : .close
    }

    /// The next bytes of a stream.
    func supply(_ turn: ServerTurn, atMost count: Int) -> Supply {
        if isStopping { return .end(.broken) }
        guard case .sending = turn.stage, let exchange = turn.exchange else { return .end(.broken) }
        switch exchange.stream.take(atMost: count) {
        case .bytes(let bytes): return .bytes(bytes)
        case .end(let ending): return .end(ending)
        case .nothing:
            setAside(turn)
            return .later
        }
    }

    /// The request is over, well or badly.
    func complete(_ turn: ServerTurn) {
        turns[turn.number] = nil
        turn.exchange?.end()
    }
}
