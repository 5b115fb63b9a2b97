internal import Synchronization

/// Lets one through at a time, in the order in which they came; who is called off leaves the queue.
package final class Turnstile: Sendable {
    private struct Queue {
        var isTaken = false
        var lastTicket = 0
        var waiting: [Waiting] = []
    }

    private struct Waiting {
        let ticket: Int
        let turn: CheckedContinuation<Void, any Error>
    }

    private let queue = Mutex(Queue())

    package init() {}

    /// Returns when it is our turn; then `leave` must follow.
    package func enter() async throws {
        let ticket = queue.withLock { queue in
            queue.lastTicket += 1
            return queue.lastTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (turn: CheckedContinuation<Void, any Error>) in
                queue.withLock { queue in
                    // Under the lock: a call-off is either seen here or finds the ticket below.
                    if Task.isCancelled {
                        turn.resume(throwing: CancellationError())
                    } else if queue.isTaken {
                        queue.waiting.append(Waiting(ticket: ticket, turn: turn))
                    } else {
                        queue.isTaken = true
                        turn.resume()
                    }
                }
            }
        } onCancel: {
            queue.withLock { queue in
                guard let place = queue.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    return
                }
                queue.waiting.remove(at: place).turn.resume(throwing: CancellationError())
            }
        }
    }

    package func leave() {
        queue.withLock { queue in
            if queue.waiting.isEmpty {
                queue.isTaken = false
            } else {
                queue.waiting.removeFirst().turn.resume()
            }
        }
    }
}
