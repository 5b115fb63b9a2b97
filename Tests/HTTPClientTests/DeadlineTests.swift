import HTTPClient
import HTTPMessages
import HTTPServer
import Synchronization
import Testing

/// That a wait ends: by its deadline, by cancellation, by the transport's end.
@Suite(.serialized) struct DeadlineTests {
    @Test func aServerThatNeverAnswersIsGivenUpInTime() async throws {
        let isCancelled = Signal()
        try await serving { _ in
            await isCancelled.onCancellation()
            return HTTPResponse(status: 200)
        } _: { url in
            let (failed, took) = await timed {
                await failure { () throws(HTTPFailure) in
                    try await CurlTransport().send(
                        HTTPRequest("GET", url, timeout: .milliseconds(150)))
                }
            }
            #expect(failed?.reason == .timedOut)
            #expect(failed?.reached == .perhaps)
            #expect(took >= .milliseconds(150) && took < .seconds(15), "\(took)")
            // The server notices that its client is gone, though it sends nothing.
            await isCancelled.wait()
        }
    }

    /// The system completes the connection; nobody ever reads from it.
    @Test func aListenerThatNeverAcceptsIsGivenUpInTime() async throws {
        let mute = try RudeServer()
        defer { mute.stop() }
        let (failed, took) = await timed {
            await failure { () throws(HTTPFailure) in
                try await CurlTransport().send(
                    HTTPRequest(
                        "GET", "http://127.0.0.1:\(mute.port)/", timeout: .milliseconds(100)))
            }
        }
        #expect(failed?.reason == .timedOut)
        #expect(failed?.reached == .perhaps)
        #expect(took < .seconds(15), "\(took)")
    }

    /// With its queue full, not even the connection is completed: nothing was sent.
    @Test func aFullQueueOfConnectionsMeansThatNothingWasSent() async throws {
        let mute = try RudeServer(backlog: 0)
        defer { mute.stop() }
        let transport = CurlTransport()
        let url = "http://127.0.0.1:\(mute.port)/"
        var failures: [HTTPFailure] = []
        await withTaskGroup(of: HTTPFailure?.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    await failure { () throws(HTTPFailure) in
                        try await transport.send(
                            HTTPRequest("POST", url, timeout: .milliseconds(300)))
                    }
                }
            }
            for await failed in group { failures += failed.map { [$0] } ?? [] }
        }
        #expect(failures.map(\.reason) == Array(repeating: .timedOut, count: 6))
        #expect(failures.contains { $0.reached == .never })
    }

    @Test func cancellationReturnsAtOnce() async throws {
        let hasArrived = Signal()
        let isCancelled = Signal()
        try await serving { _ in
            hasArrived.give()
            await isCancelled.onCancellation()
            return HTTPResponse(status: 200)
        } _: { url in
            let transport = CurlTransport()
            await withTaskGroup(of: HTTPFailure?.self) { group in
                group.addTask {
                    await failure { () throws(HTTPFailure) in
                        try await transport.send(HTTPRequest("GET", "\(url)/x"))
                    }
                }
                await hasArrived.wait()
                let (failed, took) = await timed {
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(failed?.reason == .cancelled)
                #expect(failed?.reached == .perhaps)
                #expect(failed?.place == "GET \(url)/x")
                #expect(took < .seconds(15), "\(took)")
            }
            await isCancelled.wait()
        }
    }

    @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
        let count = Mutex(0)
        try await serving { _ in
            count.withLock { $0 += 1 }
            return HTTPResponse(status: 200)
        } _: { url in
            let transport = CurlTransport()
            await withTaskGroup(of: HTTPFailure?.self) { group in
                group.cancelAll()
                group.addTask {
                    await failure { () throws(HTTPFailure) in
                        try await transport.send(HTTPRequest("POST", url))
                    }
                }
                let failed = await group.next() ?? nil
                #expect(failed?.reason == .cancelled)
                #expect(failed?.reached == .never)
            }
            _ = try await transport.send(HTTPRequest("GET", url))
        }
        #expect(count.withLock { $0 } == 1)
    }

    @Test func closingFailsWhatIsInFlightAndWhatComesLater() async throws {
        let hasArrived = Signal()
        try await serving { _ in
            hasArrived.give()
            await Signal().onCancellation()
            return HTTPResponse(status: 200)
        } _: { url in
            let transport = CurlTransport()
            await withTaskGroup(of: HTTPFailure?.self) { group in
                group.addTask {
                    await failure { () throws(HTTPFailure) in
                        try await transport.send(HTTPRequest("GET", url))
                    }
                }
                await hasArrived.wait()
                transport.close()
                let failed = await group.next() ?? nil
                #expect(failed?.reason == .cancelled)
                #expect(failed?.reached == .perhaps)
                #expect(failed?.detail == "the transport is closed")
            }
            let later = await failure { () throws(HTTPFailure) in
                try await transport.send(HTTPRequest("GET", url))
            }
            #expect(later?.reason == .cancelled)
            #expect(later?.reached == .never)
        }
    }
}

/// Something that happens once, and can be waited for.
final class Signal: Sendable {
    private struct State {
        var isGiven = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func give() {
        let waiting = state.withLock { state in
            state.isGiven = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isGiven = state.withLock { state in
                if !state.isGiven { state.waiting.append(continuation) }
                return state.isGiven
            }
            if isGiven { continuation.resume() }
        }
    }

    /// Waits until the task is cancelled, and gives the signal then.
    func onCancellation() async {
        await withTaskCancellationHandler {
            await wait()
        } onCancel: {
            give()
        }
    }
}

/// What `work` gives, and how long it took.
func timed<Value>(_ work: () async -> Value) async -> (Value, Duration) {
    let start = ContinuousClock.now
    let value = await work()
    return (value, ContinuousClock.now - start)
}
