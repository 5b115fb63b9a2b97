package import HTTPMessages
package import Timekeeping

/// A transport that belongs to a process which may die: each write through it is an effect.
package struct MortalTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let life: Lifeline
    private let countsReads: Bool

    /// `countsReads`: GETs are effects too, so that a process can die at one.
    package init(_ inner: any HTTPTransport, _ life: Lifeline, countsReads: Bool = false) {
        self.inner = inner
        self.life = life
        self.countsReads = countsReads
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        do {
            guard countsReads || request.method != "GET" else {
                try life.checkAlive()
                let response = try await inner.send(request)
                try life.checkAlive()
                return response
            }
            let number = try life.begin(request.place)
            let response: HTTPResponse
            do { response = try await inner.send(request) } catch {
                // It failed, and the failure may be the last thing that the process hears of.
                try life.end(number)
                throw error
            }
            try life.end(number)
            return response
        } catch let failure as HTTPFailure {
            throw failure
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
    }
}

/// Time for a process which may die.
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
        try life.checkAlive()
    }
}
