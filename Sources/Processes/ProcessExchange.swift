internal import Synchronization

/// One job between the task that waits for its end and the thread that works on it.
final class ProcessExchange: Sendable {
    typealias End = Result<ProcessEnd, ProcessFailure>

    private enum Phase {
        /// Nobody waits yet. Next: `waiting`, `over`.
        case fresh
        /// The task waits. Next: `over`.
        case waiting(CheckedContinuation<End, Never>)
        /// Ended, failed or called off; nothing more is said.
        case over
    }

    let number: Int
    let place: String
    private let phase = Mutex(Phase.fresh)

    init(number: Int, place: String) {
        self.number = number
        self.place = place
    }

    /// Calls `start`, and waits until the job is over.
    func end(start: () -> Void, onCancel: @escaping @Sendable () -> Void) async -> End {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFresh = phase.withLock { phase in
                    guard case .fresh = phase else { return false }
                    phase = .waiting(continuation)
                    return true
                }
                if isFresh {
                    start()
                } else {
                    continuation.resume(returning: .failure(failure(.cancelled)))
                }
            }
        } onCancel: {
            if settle(.failure(failure(.cancelled))) { onCancel() }
        }
    }

    var isOver: Bool {
        phase.withLock { phase in
            if case .over = phase { true } else { false }
        }
    }

    func failure(_ code: ProcessFailure.Code, detail: String = "") -> ProcessFailure {
        ProcessFailure(code, place: place, detail: detail)
    }

    /// Says how it ended, if nothing was said yet.
    @discardableResult
    func settle(_ end: End) -> Bool {
        let due = phase.withLock { phase -> (Bool, CheckedContinuation<End, Never>?) in
            defer { phase = .over }
            switch phase {
            case .fresh: return (true, nil)
            case .waiting(let continuation): return (true, continuation)
            case .over: return (false, nil)
            }
        }
        due.1?.resume(returning: end)
        return due.0
    }
}
