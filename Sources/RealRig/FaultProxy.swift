internal import HTTPMessages
internal import HTTPServer
internal import JSONTree
internal import Synchronization
internal import Timekeeping

/// Stands between the binary and the API server, and errs by a seed.
///
/// Plain HTTP towards the binary, TLS towards the API server.
final class FaultProxy: Sendable {
    /// What befalls one call.
    enum Fault: Hashable, Sendable, CaseIterable {
        case conflict
        case tooMany
        case brokenServer
        /// The connection breaks amid the answer; the call was, or was not, carried out.
        case resetBefore
        case resetAfter
        /// It is closed without a word of answer.
        case hangUpBefore
        case hangUpAfter
        /// No answer for long; the call was, or was not, carried out.
        case silenceBefore
        case silenceAfter
        case slowBody
        /// A watch that says nothing more and does not end.
        case deadWatch
    }

    private struct State {
        var dice: Dice
        /// Of 1000 calls so many go wrong.
        var perMille: Int
        var counts: [Fault: Int] = [:]
        var calls = 0
    }

    private let upstream: String
    private let transport: any HTTPTransport
    private let time: any Timekeeper
    private let state: Mutex<State>

    /// nil: any of them.
    private let only: Fault?

    init(rig: Rig, seed: UInt64, perMille: Int, only: Fault? = nil) {
        self.only = only
        upstream = rig.control.server
        transport = rig.control.transport
        time = rig.time
        state = Mutex(State(dice: Dice(seed: seed), perMille: perMille))
    }

    /// The caller lets it serve.
    func server() throws(ServerError) -> LoopbackServer {
        try LoopbackServer { [self] request in await answer(request) }
    }

    /// From now on everything goes well.
    func heal() { state.withLock { $0.perMille = 0 } }

    /// How often this one befell a call.
    func count(of fault: Fault) -> Int { state.withLock { $0.counts[fault] ?? 0 } }

    var faults: Int { state.withLock { $0.counts.values.reduce(0, +) } }
    var calls: Int { state.withLock { $0.calls } }

    private func fault(for request: HTTPServerRequest) -> Fault? {
        let isWatch = request[parameter: "watch"] != nil
        let isWrite = request.method != "GET"
        let only = only
        return state.withLock { state in
            state.calls += 1
            let roll = state.dice.roll(1000)
            let choices = Fault.allCases.filter { fault in
                if let only, fault != only { return false }
                return switch fault {
                case .deadWatch: isWatch
                case .conflict: isWrite
                case .slowBody: !isWatch
                default: true
                }
            }
            guard !choices.isEmpty else { return nil }
            // A silence lasts as long as the caller's patience: half as often as the rest.
            let quick = choices.filter { $0 != .silenceBefore && $0 != .silenceAfter }
            let choice = (choices + quick)[state.dice.roll(choices.count + quick.count)]
            guard roll < state.perMille else { return nil }
            state.counts[choice, default: 0] += 1
            return choice
        }
    }

    private func answer(_ request: HTTPServerRequest) async -> HTTPResponse {
        switch fault(for: request) {
        case nil: return await forward(request)
        case .conflict: return Self.refusal(409, "Conflict")
        case .tooMany:
            var response = Self.refusal(429, "TooManyRequests")
            response.headers["Retry-After"] = "1"
            return response
        case .brokenServer: return Self.refusal(500, "InternalError")
        case .resetBefore: return Self.broken
        case .resetAfter:
            _ = await forward(request)
            return Self.broken
        case .hangUpBefore: return .hangUp
        case .hangUpAfter:
            _ = await forward(request)
            return .hangUp
        case .silenceBefore: return await silence()
        case .silenceAfter:
            _ = await forward(request)
            return await silence()
        case .slowBody: return await slow(request)
        case .deadWatch: return HTTPResponse(status: 200, body: .chunks(muteChunks))
        }
    }

    /// Carries a call to the API server and its answer back, piece by piece where it streams.
    private func forward(_ request: HTTPServerRequest) async -> HTTPResponse {
        var headers = HTTPHeaders()
        for line in request.headers.lines
        where !Self.ofConnection.contains(line.name.lowercased()) { headers.lines.append(line) }
        let target = request.rawPath + (request.query.map { "?\($0)" } ?? "")
        let isWatch = request[parameter: "watch"] != nil
        do {
            var response = try await transport.send(
                HTTPRequest(
                    request.method, upstream + target, headers: headers,
                    body: request.body.isEmpty ? .empty : .bytes(request.body),
                    timeout: .seconds(60), streams: isWatch))
            for name in Self.ofConnection { response.headers[name] = nil }
            return response
        } catch {
            return Self.broken
        }
    }

    private static let ofConnection = [
        "host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect",
        "upgrade", "keep-alive",
    ]

    private func slow(_ request: HTTPServerRequest) async -> HTTPResponse {
        var response = await forward(request)
        guard let bytes = response.body.bytes, !bytes.isEmpty else { return response }
        let drips = Drips(bytes: bytes)
        let time = time
        response.body = .chunks(
            HTTPChunks { () async throws(HTTPFailure) in
                guard let piece = drips.next() else { return nil }
                do { try await time.sleep(for: .milliseconds(100)) } catch { return nil }
                return .bytes(piece)
            })
        return response
    }

    /// As long as the caller is willing to wait.
    private func silence() async -> HTTPResponse {
        try? await time.sleep(for: .seconds(40))
        return Self.broken
    }

    private var muteChunks: HTTPChunks {
        let time = time
        return HTTPChunks { () async throws(HTTPFailure) in
            try? await time.sleep(for: .seconds(600))
            return nil
        }
    }

    /// An answer that breaks off before its end.
    private static var broken: HTTPResponse {
        HTTPResponse(
            status: 200,
            body: .chunks(
                HTTPChunks { () async throws(HTTPFailure) in
                    throw HTTPFailure(.reset, reached: .perhaps, place: "the proxy")
                }))
    }

    private static func refusal(_ code: Int, _ reason: String) -> HTTPResponse {
        HTTPResponse(
            status: code, headers: ["Content-Type": "application/json"],
            body: .tree([
                "kind": "Status", "apiVersion": "v1", "status": "Failure",
                "reason": .string(reason), "message": "the rig's proxy says so",
                "code": .integer(code),
            ]))
    }
}

/// A body in eight pieces.
private final class Drips: Sendable {
    private let rest: Mutex<ArraySlice<UInt8>>
    private let size: Int

    init(bytes: [UInt8]) {
        rest = Mutex(bytes[...])
        size = max(1, bytes.count / 8 + 1)
    }

    func next() -> [UInt8]? {
        rest.withLock { rest in
            guard !rest.isEmpty else { return nil }
            let piece = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            return piece
        }
    }
}

/// Dice that fall the same way for the same seed (SplitMix64).
struct Dice: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// 0 to `sides` - 1.
    mutating func roll(_ sides: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return Int(mixed % UInt64(sides))
    }
}
