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
        let number = try enter(request, isEffect: isEffect)
        if standsStill { try await thaw(request, reached: .never) }
        let result: Result<HTTPResponse, HTTPFailure>
        do throws(HTTPFailure) {
            result = .success(try await inner.send(request))
        } catch {
            result = .failure(error)
        }
        // A failure, too, may be what the process does not live to hear of.
        try leave(request, number)
        if standsStill { try await thaw(request, reached: .perhaps) }
        return try result.get()
    }

    private func enter(_ request: HTTPRequest, isEffect: Bool) throws(HTTPFailure) -> Int? {
        do throws(CancellationError) {
            guard isEffect else {
                try life.checkAlive()
                return nil
            }
            let number = try life.begin(request.place)
            if let time { life.stall(number, .before, by: time) }
            return number
        } catch {
            throw HTTPFailure(.cancelled, reached: .never, place: request.place)
        }
    }

    private func leave(_ request: HTTPRequest, _ number: Int?) throws(HTTPFailure) {
        do throws(CancellationError) {
            guard let number else { return try life.checkAlive() }
            try life.end(number)
            if let time { life.stall(number, .after, by: time) }
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
    }

    private var standsStill: Bool { time.map(life.standsStill) ?? false }

    private func thaw(_ request: HTTPRequest, reached: HTTPFailure.Reached)
        async throws(HTTPFailure)
    {
        guard let time else { return }
        do throws(CancellationError) {
            try await life.thaw(by: time)
        } catch {
            throw HTTPFailure(.cancelled, reached: reached, place: request.place)
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
        if life.standsStill(by: inner) { try await life.thaw(by: inner) }
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
