internal import HTTPMessages
internal import JSONTree
internal import Lab
internal import Timekeeping

/// A team's own server beside the Lab's world, for webhooks: `https://hooks.example.test`.
///
/// Remembers nothing: `/ok` says yes, `/bad` no, `/stuck` nothing at all, and `/long` begins what takes
/// ten seconds. Each POST is an effect of the process that sends it.
struct PeoplesServer: HTTPTransport {
    let inner: any HTTPTransport
    let time: any Timekeeper
    let life: Lifeline

    static let origin = "https://hooks.example.test"
    private static let takes = Duration.seconds(10)

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard request.url.hasPrefix(Self.origin) else { return try await inner.send(request) }
        let path = String(request.url.dropFirst(Self.origin.count))
        guard let key = request.headers["Idempotency-Key"], request.sparesInnerAddresses else {
            return HTTPResponse(status: 400)
        }
        do {
            guard request.method == "POST" else { return try await followed(path) }
            let number = try life.begin("webhook \(path) \(key)")
            try await time.sleep(for: path == "/stuck" ? request.timeout : .milliseconds(20))
            try life.end(number)
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
        switch path {
        case "/ok": return HTTPResponse(status: 204)
        case "/long":
            let end = (time.now + Self.takes).components.seconds
            return HTTPResponse(status: 202, headers: ["Location": "/long/\(end)"])
        case "/stuck": throw HTTPFailure(.timedOut, reached: .perhaps, place: request.place)
        default: return HTTPResponse(status: 500)
        }
    }

    private func followed(_ path: String) async throws -> HTTPResponse {
        try await time.sleep(for: .milliseconds(20))
        guard path.hasPrefix("/long/"), let end = Int64(path.dropFirst(6)) else {
            return HTTPResponse(status: 404)
        }
        guard time.now.components.seconds >= end else { return HTTPResponse(status: 202) }
        return HTTPResponse(status: 200, body: .tree(["sentence": "the long one is over"]))
    }
}

/// The same for bare connections: at port 5672 somebody says that he is ready.
struct PeoplesSockets: TCPTransport {
    let time: any Timekeeper

    func hold(_ talk: TCPTalk) async throws(HTTPFailure) -> [UInt8] {
        do {
            try await time.sleep(for: .milliseconds(20))
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: talk.place)
        }
        let heard = Array("ready\n".utf8)
        guard talk.port == 5672 else {
            throw HTTPFailure(.refused, reached: .never, place: talk.place)
        }
        guard talk.isDone(heard) else {
            throw HTTPFailure(.timedOut, reached: .perhaps, place: talk.place)
        }
        return heard
    }
}
