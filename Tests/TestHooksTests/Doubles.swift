import HTTPMessages
import Synchronization
import Timekeeping

/// A clock that moves only when something takes time.
///
/// Whoever sleeps either moves it (`sleepers: .move`) or sleeps until called off (`.stay`); or does the
/// one for less than so long, and else the other (`.moveBelow`).
final class StandingClock: Timekeeper, Sendable {
    enum Sleepers: Sendable {
        case move
        case stay
        case moveBelow(Duration)

        func stays(for duration: Duration) -> Bool {
            switch self {
            case .move: false
            case .stay: true
            case .moveBelow(let limit): duration >= limit
            }
        }
    }

    private let reading = Mutex(Duration.zero)
    private let sleepers: Sleepers

    init(sleepers: Sleepers = .stay) { self.sleepers = sleepers }

    var now: Duration { reading.withLock { $0 } }
    var date: Int { 0 }

    func advance(_ duration: Duration) { reading.withLock { $0 += duration } }

    func sleep(for duration: Duration) async throws(CancellationError) {
        if sleepers.stays(for: duration) {
            let (silence, end) = AsyncStream<Never>.makeStream()
            for await _ in silence {}
            withExtendedLifetime(end) {}
        }
        if Task.isCancelled { throw CancellationError() }
        advance(duration)
    }
}

/// A gateway that answers the n-th request as it is told, each in a known time.
final class KnownGateway: HTTPTransport, Sendable {
    typealias Answering = @Sendable (Int, HTTPRequest) throws(HTTPFailure) -> HTTPResponse

    private let log = Mutex<[HTTPRequest]>([])
    private let clock: StandingClock
    private let takes: @Sendable (Int) -> Duration
    private let answering: Answering

    init(
        _ clock: StandingClock = StandingClock(),
        takes: @escaping @Sendable (Int) -> Duration = { _ in .milliseconds(10) },
        _ answering: @escaping Answering
    ) {
        self.clock = clock
        self.takes = takes
        self.answering = answering
    }

    var asked: [HTTPRequest] { log.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let number = log.withLock {
            $0.append(request)
            return $0.count - 1
        }
        clock.advance(takes(number))
        return try answering(number, request)
    }
}

/// A gateway that never answers, until it is called off.
final class SilentGateway: HTTPTransport, Sendable {
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let (silence, end) = AsyncStream<Never>.makeStream()
        for await _ in silence {}
        withExtendedLifetime(end) {}
        throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
    }
}

extension HTTPFailure {
    static func plain(_ reason: Reason) -> HTTPFailure {
        HTTPFailure(reason, reached: .perhaps, place: "GET http://gateway/")
    }
}
