internal import HTTPMessages
internal import JSONTree
internal import Timekeeping

/// A team's own server beside the Lab's world, for webhooks: `https://hooks.example.test`.
///
/// Remembers nothing: `/ok` says yes, `/bad` no, and `/long` begins what takes ten seconds.
struct PeoplesServer: HTTPTransport {
    let inner: any HTTPTransport
    let time: any Timekeeper

    static let origin = "https://hooks.example.test"
    private static let takes = Duration.seconds(10)

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard request.url.hasPrefix(Self.origin) else { return try await inner.send(request) }
        do {
            try await time.sleep(for: .milliseconds(20))
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
        let path = request.url.dropFirst(Self.origin.count)
        let isSigned =
            request.headers["Idempotency-Key"] != nil && request.sparesInnerAddresses
        guard isSigned else { return HTTPResponse(status: 400) }
        switch (request.method, path) {
        case ("POST", "/ok"): return HTTPResponse(status: 204)
        case ("POST", "/long"):
            let end = (time.now + Self.takes).components.seconds
            return HTTPResponse(status: 202, headers: ["Location": "/long/\(end)"])
        case ("GET", _) where path.hasPrefix("/long/"):
            let end = Int64(path.dropFirst(6)) ?? 0
            guard time.now.components.seconds >= end else { return HTTPResponse(status: 202) }
            return HTTPResponse(
                status: 200, body: .tree(["sentence": "the long one is over"]))
        default: return HTTPResponse(status: 500)
        }
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
