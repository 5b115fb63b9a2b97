internal import CLibcurl
internal import HTTPMessages
internal import JSONTree

/// One request on the thread, as libcurl's callbacks see it.
final class CurlTransfer {
    /// What libcurl does with a piece of the body.
    enum Verdict {
        case taken
        /// Offer it again after `resume`.
        case pause
        case refuse
    }

    /// Header lines beyond this are no answer to any question of ours.
    private static let headLimit = 256 << 10

    let exchange: CurlExchange
    let easy: CurlEasy
    private let isRepeatable: Bool
    private let bodyLimit: Int
    private let upload: [UInt8]
    private var uploaded = 0
    private var wasSent = false
    /// What it was sent over, last; nil before the first byte.
    private(set) var connection: CurlConnection?
    private let hearing: CurlHearing
    private var heardBefore = 0
    private var head = CurlHead()
    private var body: [UInt8] = []
    /// Why we made libcurl stop, if we did.
    private var refusal: CurlFailure?

    /// Nil if libcurl has no memory.
    init?(
        request: HTTPRequest, exchange: CurlExchange, options: CurlOptions, hearing: CurlHearing
    ) {
        self.exchange = exchange
        self.hearing = hearing
        isRepeatable = request.method == "GET" || request.method == "HEAD"
        bodyLimit = options.bodyLimit
        upload = request.body.bytes ?? []
        easy = CurlEasy(request: request, uploadCount: upload.count, options: options)
        guard easy.isReady else { return nil }
        easy.callBack(self)
        if request.sparesInnerAddresses { easy.askAboutAddresses(self) }
    }

    /// The deadline counts until the answer is complete, or, of a stream, until it begins.
    var isAwaitingAnswer: Bool { exchange.stream == nil || !head.isComplete }

    /// Nothing at all, of no request, came over its connection since it was sent.
    var isInSilence: Bool {
        connection.map { hearing.pieces(over: $0) == heardBefore } ?? false
    }

    /// The final status's header lines are all here.
    var hasHead: Bool { head.isComplete }

    // MARK: What libcurl asks and says

    /// Asked when the connection stands, before the first byte of the request.
    ///
    /// libcurl asks a second time when a kept connection turned out to be dead after the request
    /// went out on it, and would send the request again. The peer may have acted on the first:
    /// only what changes nothing may be repeated behind the caller's back.
    func mayBegin(over connection: CurlConnection) -> Bool {
        if refusal != nil || (wasSent && !isRepeatable) { return false }
        self.connection = connection
        heardBefore = hearing.pieces(over: connection)
        wasSent = true
        uploaded = 0
        return exchange.mayBeSent()
    }

    /// Asked with every address of the host in turn; one that is forbidden is the end of it.
    func mayMeet(_ address: NetworkAddress) -> Bool {
        guard refusal == nil, !address.isForbidden else {
            refusal = CurlFailure(reason: .forbidden, detail: "")
            return false
        }
        return true
    }

    /// The next bytes of our body, at most `count`.
    func nextUpload(atMost count: Int) -> ArraySlice<UInt8> {
        let piece = upload[uploaded...].prefix(count)
        uploaded += piece.count
        return piece
    }

    /// One header line, with its line end; false stops the transfer.
    func hear(line: [UInt8]) -> Bool {
        hearing.hear(over: connection)
        guard !head.isComplete else { return true }  // trailers
        guard head.count + line.count <= Self.headLimit else {
            refusal = CurlFailure(reason: .tooLarge, detail: "its header lines")
            return false
        }
        head.hear(line)
        if head.isComplete, exchange.stream != nil { exchange.succeed(head.response(.empty)) }
        return true
    }

    func hear(body piece: [UInt8]) -> Verdict {
        hearing.hear(over: connection)
        if let stream = exchange.stream { return stream.offer(piece) ? .taken : .pause }
        guard body.count + piece.count <= bodyLimit else {
            refusal = CurlFailure(reason: .tooLarge, detail: "more than \(bodyLimit) bytes")
            return .refuse
        }
        body.append(contentsOf: piece)
        return .taken
    }

    // MARK: How it ends

    func resume() { easy.resume() }

    func failure(_ code: CURLcode) -> CurlFailure {
        refusal ?? CurlFailure(code, words: easy.words)
    }

    func succeed() {
        exchange.stream?.end(nil)
        exchange.succeed(head.response(body.isEmpty ? .empty : .bytes(body)))
    }

    func fail(_ reason: HTTPFailure.Reason, detail: String) {
        guard !exchange.fail(reason, detail: detail), let stream = exchange.stream else { return }
        stream.end(
            HTTPFailure(reason, reached: .perhaps, place: exchange.place, detail: detail))
    }
}
