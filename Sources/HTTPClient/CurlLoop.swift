internal import CLibcurl
internal import HTTPMessages
internal import Timekeeping

/// The thread's work: orders in, libcurl's turn, answers out, deadlines; and again.
///
/// Everything here belongs to the thread. Only the inbox and the exchanges are seen by others.
struct CurlLoop: ~Copyable {
    private let inbox: CurlInbox
    private let options: CurlOptions
    private let multi: CurlMulti
    /// libcurl's deadlines are those of real sockets: no clock that runs faster for them.
    private let time = RealTime()
    private var transfers: [Int: CurlTransfer] = [:]
    private var deadlines = DeadlineQueue()
    private let hearing = CurlHearing()

    /// Nil if libcurl has no memory.
    init?(inbox: CurlInbox, options: CurlOptions) {
        guard let multi = CurlMulti(idleConnections: options.idleConnections) else { return nil }
        self.inbox = inbox
        self.options = options
        self.multi = multi
    }

    /// Works until the inbox is closed, then fails what is left.
    mutating func run() {
        inbox.hang(multi.bell())
        while true {
            let (orders, isClosed) = inbox.take()
            for order in orders { obey(order) }
            if isClosed { break }
            multi.perform()
            while let over = multi.nextOver() { end(over.transfer, over.code) }
            expire()
            multi.wait(atMost: rest)
        }
        inbox.hang(nil)
        for (_, transfer) in transfers.sorted(by: { $0.key < $1.key }) {
            fail(transfer, .cancelled, detail: "the transport is closed")
        }
    }

    /// How long to wait at most, should nothing happen.
    ///
    /// libcurl 7.88 does not always wake for what one request over HTTP/2 has read for another: while
    /// requests are under way it is looked at again and again.
    private var rest: Duration? {
        let left = deadlines.soonest.map { $0 - time.now }
        guard options.offersHTTP2, !transfers.isEmpty else { return left }
        return min(left ?? Self.longestRest, Self.longestRest)
    }

    private static let longestRest = Duration.milliseconds(100)

    private mutating func obey(_ order: CurlOrder) {
        switch order {
        case .start(let request, let exchange): start(request, exchange)
        case .resume(let number): transfers[number]?.resume()
        case .drop(let number): transfers[number].map { remove($0) }
        }
    }

    private mutating func start(_ request: HTTPRequest, _ exchange: CurlExchange) {
        guard !exchange.isOver else { return }
        guard
            let transfer = CurlTransfer(
                request: request, exchange: exchange, options: options, hearing: hearing),
            multi.add(transfer.easy)
        else {
            exchange.fail(.reset, detail: "libcurl has no memory")
            return
        }
        transfers[exchange.number] = transfer
        if deadlines.count > 2 * transfers.count + 1024 {
            let alive = transfers
            deadlines.prune { alive[$0]?.isAwaitingAnswer ?? false }
        }
        deadlines.add(exchange.number, at: time.now + request.timeout)
    }

    private mutating func end(_ transfer: CurlTransfer, _ code: CURLcode) {
        if code == CURLE_OK, transfer.hasHead {
            transfer.succeed()
            remove(transfer)
        } else if code == CURLE_OK {
            // libcurl takes a connection's end for the end of the header lines.
            fail(transfer, .reset)
        } else {
            let failure = transfer.failure(code)
            fail(transfer, failure.reason, detail: failure.detail)
        }
    }

    private mutating func expire() {
        let now = time.now
        while let number = deadlines.next(at: now) {
            guard let transfer = transfers[number], transfer.isAwaitingAnswer else { continue }
            if transfer.isInSilence { endNeighbours(of: transfer) }
            transfer.easy.distrustConnection()
            fail(transfer, .timedOut)
        }
    }

    /// Ends what else goes over a connection on which nothing was heard while an answer was due.
    ///
    /// What comes next over it might wait in vain as well; and HTTP/2 would put it there, and libcurl
    /// keep the connection, for as long as a single request is left on it: a watch is, for minutes.
    private mutating func endNeighbours(of late: CurlTransfer) {
        let others = transfers.filter {
            $0.key != late.exchange.number && $0.value.connection == late.connection
        }
        for (_, other) in others.sorted(by: { $0.key < $1.key }) {
            other.easy.distrustConnection()
            fail(other, .reset, detail: "its connection did not answer another request in time")
        }
    }

    private mutating func fail(
        _ transfer: CurlTransfer, _ reason: HTTPFailure.Reason, detail: String = ""
    ) {
        transfer.fail(reason, detail: detail)
        remove(transfer)
    }

    private mutating func remove(_ transfer: CurlTransfer) {
        multi.remove(transfer.easy)
        transfers[transfer.exchange.number] = nil
    }
}
