package import HTTPMessages
internal import JSONTree
internal import Synchronization
package import Timekeeping

/// What comes of a call instead of what should.
package enum CallOutcome: Hashable, Sendable {
    /// The API server says so, and does nothing.
    case status(Int, retryAfter: Int? = nil)
    /// The connection breaks before the request is read.
    case resetNotApplied
    /// The connection breaks after the request was carried out.
    case resetApplied
    case timeOutNotApplied
    case timeOutApplied
    /// Carried out, and answered so much later.
    case slow(Duration)
    /// A stream that is opened and then says nothing, for half an hour.
    case deadStream
    /// A stream that ends at once.
    case brokenStream

    /// All that a server or a network can do to a call, each once.
    package static let everyOne: [CallOutcome] = [
        .status(401), .status(403), .status(404), .status(409), .status(410), .status(422),
        .status(429, retryAfter: 2), .status(500), .status(503), .resetNotApplied, .resetApplied,
        .timeOutNotApplied, .timeOutApplied, .slow(.seconds(5)),
    ]

    /// And to a stream.
    package static let ofStreams = everyOne + [.deadStream, .brokenStream]
}

extension CallOutcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .status(let code, nil): "\(code)"
        case .status(let code, let seconds?): "\(code) with Retry-After \(seconds)"
        case .resetNotApplied: "a reset, not carried out"
        case .resetApplied: "a reset, carried out"
        case .timeOutNotApplied: "a time-out, not carried out"
        case .timeOutApplied: "a time-out, carried out"
        case .slow(let delay): "an answer \(delay) late"
        case .deadStream: "a dead stream"
        case .brokenStream: "a broken stream"
        }
    }
}

/// Which calls go wrong, and how; counts them from 1.
package final class FaultPlan: Sendable {
    package struct Call: Hashable, Sendable {
        package let number: Int
        package let method: String
        package let url: String
        /// When it was sent.
        package let at: Duration
    }

    private struct State {
        var calls: [Call] = []
        var isOver = false
    }

    private let outcome: @Sendable (Call) -> CallOutcome?
    private let state = Mutex(State())

    /// `outcome` nil: the call goes through.
    package init(_ outcome: @escaping @Sendable (Call) -> CallOutcome?) { self.outcome = outcome }

    /// Only the n-th call fails.
    package convenience init(call number: Int, _ outcome: CallOutcome) {
        self.init { $0.number == number ? outcome : nil }
    }

    /// Each call fails with a probability, in one of several ways; the same seed, the same calls.
    package convenience init(rate: Double, among outcomes: [CallOutcome], seed: UInt64) {
        self.init { call in
            var dice = SeededGenerator(seed: seed &+ UInt64(call.number) &* 0x2545_F491_4F6C_DD1D)
            guard !outcomes.isEmpty, dice.fraction() < rate else { return nil }
            return outcomes[Int(dice.next() % UInt64(outcomes.count))]
        }
    }

    /// Every call so far.
    package var calls: [Call] { state.withLock { $0.calls } }

    /// From now on everything goes through.
    package func heal() { state.withLock { $0.isOver = true } }

    fileprivate func next(_ request: HTTPRequest, at now: Duration) -> CallOutcome? {
        let (call, isOver) = state.withLock { state in
            let call = Call(
                number: state.calls.count + 1, method: request.method, url: request.url, at: now)
            state.calls.append(call)
            return (call, state.isOver)
        }
        return isOver ? nil : outcome(call)
    }
}

/// A transport on which calls go wrong by plan.
package struct FaultyTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let time: any Timekeeper
    private let plan: FaultPlan

    package init(_ inner: any HTTPTransport, time: any Timekeeper, plan: FaultPlan) {
        self.inner = inner
        self.time = time
        self.plan = plan
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        switch plan.next(request, at: time.now) {
        case nil: return try await inner.send(request)
        case .status(let status, let retryAfter):
            try await pause(.milliseconds(1), request)
            return LabRefusal.staged(status, retryAfter: retryAfter).response
        case .resetNotApplied:
            try await pause(.milliseconds(1), request)
            throw HTTPFailure(.reset, reached: .perhaps, place: request.place)
        case .resetApplied:
            _ = try await inner.send(request)
            throw HTTPFailure(.reset, reached: .perhaps, place: request.place)
        case .timeOutNotApplied:
            try await pause(request.timeout, request)
            throw HTTPFailure(.timedOut, reached: .perhaps, place: request.place)
        case .timeOutApplied:
            let start = time.now
            _ = try await inner.send(request)
            try await pause(request.timeout - (time.now - start), request)
            throw HTTPFailure(.timedOut, reached: .perhaps, place: request.place)
        case .slow(let delay):
            let start = time.now
            let response = try await inner.send(request)
            let rest = request.timeout - (time.now - start)
            try await pause(min(delay, rest), request)
            if delay >= rest {
                throw HTTPFailure(.timedOut, reached: .perhaps, place: request.place)
            }
            return response
        case .deadStream:
            return stream { () async throws(HTTPFailure) in
                try await pause(.seconds(1800), request)
                throw HTTPFailure(.reset, reached: .perhaps, place: request.place)
            }
        case .brokenStream:
            return stream { () throws(HTTPFailure) in
                throw HTTPFailure(.reset, reached: .perhaps, place: request.place)
            }
        }
    }

    private func stream(_ next: @escaping @Sendable () async throws(HTTPFailure) -> Never)
        -> HTTPResponse
    {
        HTTPResponse(
            status: 200, headers: ["Content-Type": "application/json"],
            body: .chunks(HTTPChunks { () async throws(HTTPFailure) in try await next() }))
    }

    private func pause(_ duration: Duration, _ request: HTTPRequest) async throws(HTTPFailure) {
        do {
            try await time.sleep(for: duration)
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
    }
}
