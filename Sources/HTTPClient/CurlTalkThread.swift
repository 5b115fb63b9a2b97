internal import CLibcurl
internal import Glibc
internal import HTTPMessages
internal import Timekeeping

/// The thread of one talk.
enum CurlTalkThread {
    /// False: the system refuses.
    static func start(_ talk: TCPTalk, _ exchange: CurlExchange, _ options: CurlOptions) -> Bool {
        guard CurlThread.isReady else { return false }
        let errand = unsafe Unmanaged.passRetained(TalkErrand(talk, exchange, options))
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, &attributes, runTalk, errand.toOpaque())
        if code != 0 { unsafe errand.release() }
        return code == 0
    }
}

/// What the new thread is given: a class, since it crosses C as a pointer.
private final class TalkErrand: Sendable {
    private let talk: TCPTalk
    private let exchange: CurlExchange
    private let options: CurlOptions
    private let time = RealTime()
    private let end: Duration

    init(_ talk: TCPTalk, _ exchange: CurlExchange, _ options: CurlOptions) {
        self.talk = talk
        self.exchange = exchange
        self.options = options
        end = time.now + talk.timeout
    }

    private var milliseconds: Int {
        let (seconds, fraction) = (end - time.now).components
        return max(1, Int(seconds) * 1000 + Int(fraction / 1_000_000_000_000_000))
    }

    func run() {
        // libcurl wants a scheme: of http it takes no more here than the port and TLS or none.
        let host = talk.host.contains(":") ? "[\(talk.host)]" : talk.host
        let request = HTTPRequest(
            "GET", "\(talk.isSecure ? "https" : "http")://\(host):\(talk.port)/",
            freshConnection: true)
        let easy = CurlEasy(request: request, uploadCount: 0, options: options)
        guard easy.isReady else {
            exchange.fail(.reset, detail: "libcurl has no memory")
            return
        }
        let code = easy.connect(within: milliseconds)
        guard code == CURLE_OK else {
            let failure = CurlFailure(code, words: easy.words)
            exchange.fail(failure.reason, detail: failure.detail)
            return
        }
        guard exchange.mayBeSent() else { return }
        guard say(easy) else { return }
        hear(easy)
    }

    private func say(_ easy: borrowing CurlEasy) -> Bool {
        var rest = talk.say[...]
        while !rest.isEmpty {
            guard isGoingOn else { return false }
            switch easy.send(rest) {
            case .moved(let count): rest = rest.dropFirst(count)
            case .later: easy.waitUntilReady(writing: true, atMost: min(milliseconds, 100))
            case .over:
                exchange.fail(.reset)
                return false
            }
        }
        return true
    }

    private func hear(_ easy: borrowing CurlEasy) {
        var heard: [UInt8] = []
        while !talk.isDone(heard) {
            guard isGoingOn else { return }
            switch easy.receive(atMost: 4096) {
            case .bytes(let bytes):
                heard += bytes
                if heard.count > TCPTalk.most {
                    exchange.fail(.tooLarge)
                    return
                }
            case .later: easy.waitUntilReady(writing: false, atMost: min(milliseconds, 100))
            case .over:
                exchange.fail(.reset, detail: "before what was waited for")
                return
            }
        }
        exchange.succeed(HTTPResponse(status: 200, body: .bytes(heard)))
    }

    private var isGoingOn: Bool {
        if time.now >= end { exchange.fail(.timedOut) }
        return !exchange.isOver
    }
}

private func runTalk(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let errand = unsafe Unmanaged<TalkErrand>.fromOpaque(context).takeRetainedValue()
    // Signals are the main thread's; a write to a broken pipe is an error code here.
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, nil)
    errand.run()
    return nil
}
