internal import HTTPMessages
internal import Synchronization

/// One request between the task that waits for its answer and the thread that works on it.
///
/// Whoever comes first ends it: the answer, the deadline, or the task's cancellation, which
/// does not wait for the thread.
final class CurlExchange: Sendable {
    typealias Answer = Result<HTTPResponse, HTTPFailure>

    private enum Phase {
        /// Nobody waits yet. Next: `waiting`, `over`.
        case fresh
        /// The task waits. Next: `over`.
        case waiting(CheckedContinuation<Answer, Never>)
        /// Answered, failed or called off; nothing more is said.
        case over
    }

    private struct State {
        var phase = Phase.fresh
        /// Set before the first byte goes out: from then on the peer may have acted.
        var isSent = false
    }

    let number: Int
    let place: String
    /// Where the body goes if it is wanted as it arrives.
    let stream: CurlStream?
    private let state = Mutex(State())

    init(number: Int, place: String, stream: CurlStream?) {
        self.number = number
        self.place = place
        self.stream = stream
    }

    /// Calls `start`, and waits until the exchange is over.
    func answer(
        start: () -> Void, onCancel: @escaping @Sendable () -> Void,
        onPull: @escaping @Sendable () -> Void
    ) async -> Answer {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if wait(on: continuation) { start() }
            }
        } onCancel: {
            if fail(.cancelled) { onCancel() }
        }
        guard let stream, case .success(var response) = answer else { return answer }
        let reader = CurlStreamReader(stream: stream, onPull: onPull, onDrop: onCancel)
        response.body = .chunks(HTTPChunks { () throws(HTTPFailure) in try await reader.next() })
        return .success(response)
    }

    private func wait(on continuation: CheckedContinuation<Answer, Never>) -> Bool {
        let isFresh = state.withLock { state in
            guard case .fresh = state.phase else { return false }
            state.phase = .waiting(continuation)
            return true
        }
        if !isFresh {
            continuation.resume(
                returning: .failure(HTTPFailure(.cancelled, reached: .never, place: place)))
        }
        return isFresh
    }

    var isOver: Bool {
        state.withLock { state in
            if case .over = state.phase { true } else { false }
        }
    }

    /// Asked before the first byte is sent.
    ///
    /// False: it is called off, send nothing.
    func mayBeSent() -> Bool {
        state.withLock { state in
            if case .over = state.phase { return false }
            state.isSent = true
            return true
        }
    }

    @discardableResult
    func succeed(_ response: HTTPResponse) -> Bool { settle { _ in .success(response) } }

    /// Says that no answer came, and whether the peer may have acted.
    @discardableResult
    func fail(_ reason: HTTPFailure.Reason, detail: String = "") -> Bool {
        settle { isSent in
            .failure(
                HTTPFailure(
                    reason, reached: isSent ? .perhaps : .never, place: place, detail: detail))
        }
    }

    private func settle(_ answer: (_ isSent: Bool) -> Answer) -> Bool {
        let due = state.withLock { state -> (CheckedContinuation<Answer, Never>?, Answer)? in
            switch state.phase {
            case .over: return nil
            case .fresh:
                state.phase = .over
                return (nil, answer(state.isSent))
            case .waiting(let continuation):
                state.phase = .over
                return (continuation, answer(state.isSent))
            }
        }
        guard let due else { return false }
        due.0?.resume(returning: due.1)
        return true
    }
}
