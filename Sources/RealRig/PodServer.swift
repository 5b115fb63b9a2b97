internal import HTTPMessages
internal import HTTPServer
internal import Synchronization
internal import Timekeeping

/// The program of one pod: a real server on a loopback address of its own.
final class PodServer: Sendable {
    /// What it has seen.
    struct Count: Hashable, Sendable {
        var served = 0
        var inFlight = 0
        /// Requests that came after the program had ended: lost, had this been a real one.
        var late = 0
        var isEnding = false
        var isReady = false
    }

    private final class Ledger: Sendable {
        let count = Mutex(Count())

        func note<Value>(_ change: (inout sending Count) -> sending Value) -> sending Value {
            count.withLock { change(&$0) }
        }
    }

    let address: String
    private let ledger: Ledger
    private let server: LoopbackServer

    init(
        address: String, name: String, version: String, behaviour: PodBehaviour,
        time: any Timekeeper
    ) throws(ServerError) {
        self.address = address
        let ledger = Ledger()
        self.ledger = ledger
        server = try LoopbackServer(address: address, port: behaviour.port) { request in
            await Self.answer(request, ledger, (name, version), behaviour, time)
        }
    }

    func serve() async { await server.serve() }
    func stop() { server.stop() }

    var count: Count { ledger.note { $0 } }
    func turnReady() { ledger.note { $0.isReady = true } }
    /// From now on whoever comes is late.
    func end() { ledger.note { $0.isEnding = true } }

    private static func answer(
        _ request: HTTPServerRequest, _ ledger: Ledger, _ pod: (name: String, version: String),
        _ behaviour: PodBehaviour, _ time: any Timekeeper
    ) async -> HTTPResponse {
        let headers: HTTPHeaders = ["x-version": pod.version, "x-pod": pod.name]
        let number = ledger.note { count -> Int? in
            if count.isEnding {
                count.late += 1
                return nil
            }
            count.served += 1
            count.inFlight += 1
            return count.served
        }
        guard let number else {
            return HTTPResponse(status: 503, headers: headers, body: .text("too late\n"))
        }
        defer { ledger.note { $0.inFlight -= 1 } }
        let wanted = request[parameter: "ms"].flatMap { Int($0) }
        try? await time.sleep(for: .milliseconds(wanted ?? behaviour.latency))
        let rate = behaviour.failPercent
        // Spread evenly, so that the share is exact over any hundred.
        let fails = rate > 0 && (number * rate) / 100 != ((number - 1) * rate) / 100
        return HTTPResponse(
            status: fails ? 500 : 200, headers: headers,
            body: .text(fails ? "failed\n" : "hello from \(pod.name)\n"))
    }
}
