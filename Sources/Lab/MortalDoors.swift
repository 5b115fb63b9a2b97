package import HTTPMessages
package import Timekeeping

/// A transport that belongs to a process which may die or stand still: each write is an effect.
package struct MortalTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let life: Lifeline
    private let time: (any Timekeeper)?
    private let countsReads: Bool

    /// `countsReads`: GETs are effects too; `time`: needed for a life that may stand still.
    package init(
        _ inner: any HTTPTransport, _ life: Lifeline, time: (any Timekeeper)? = nil,
        countsReads: Bool = false
    ) {
        self.inner = inner
        self.life = life
        self.time = time
        self.countsReads = countsReads
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let isEffect = countsReads || request.method != "GET"
        let number = try await enter(request, isEffect: isEffect)
        let result: Result<HTTPResponse, HTTPFailure>
        do throws(HTTPFailure) {
            result = .success(try await inner.send(request))
        } catch {
            result = .failure(error)
        }
        // A failure, too, may be what the process does not live to hear of.
        try await leave(request, number)
        return try result.get()
    }

    private func enter(_ request: HTTPRequest, isEffect: Bool) async throws(HTTPFailure) -> Int? {
        do throws(CancellationError) {
            var number: Int?
            if isEffect { number = try life.begin(request.place) } else { try life.checkAlive() }
            if let time {
                if let number { life.stall(number, .before, by: time) }
                try await life.thaw(by: time)
            }
            return number
        } catch {
            throw HTTPFailure(.cancelled, reached: .never, place: request.place)
        }
    }

    private func leave(_ request: HTTPRequest, _ number: Int?) async throws(HTTPFailure) {
        do throws(CancellationError) {
            if let number { try life.end(number) } else { try life.checkAlive() }
            if let time {
                if let number { life.stall(number, .after, by: time) }
                try await life.thaw(by: time)
            }
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
    }
}

/// Time for a process which may die or stand still.
package struct MortalClock: Timekeeper {
    private let inner: any Timekeeper
    private let life: Lifeline

    package init(_ inner: any Timekeeper, _ life: Lifeline) {
        self.inner = inner
        self.life = life
    }

    package var now: Duration { inner.now }
    package var date: Int { inner.date }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        try life.checkAlive()
        try await inner.sleep(for: duration)
        try await life.thaw(by: inner)
        try life.checkAlive()
    }
}

/// Time on a machine whose date somebody sets: its clock runs on, its calendar jumps.
package struct ShiftedClock: Timekeeper {
    private let inner: any Timekeeper
    private let shift: @Sendable (Duration) -> Int

    /// `shift`: by how many milliseconds the date is wrong at a moment.
    package init(_ inner: any Timekeeper, shift: @escaping @Sendable (Duration) -> Int) {
        self.inner = inner
        self.shift = shift
    }

    package var now: Duration { inner.now }
    package var date: Int { inner.date + shift(inner.now) }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        try await inner.sleep(for: duration)
    }
}
