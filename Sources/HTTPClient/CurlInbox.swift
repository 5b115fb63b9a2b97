internal import HTTPMessages
internal import Synchronization

/// What a task asks of the thread.
enum CurlOrder: Sendable {
    case start(HTTPRequest, CurlExchange)
    /// A paused stream has room again.
    case resume(Int)
    /// Nobody wants the answer any more.
    case drop(Int)
}

/// Where tasks leave orders for the thread; ringing wakes it from its wait for sockets.
final class CurlInbox: Sendable {
    private struct State {
        var orders: [CurlOrder] = []
        var numbers = 0
        var isClosed = false
        var bell: CurlBell?
    }

    private let state = Mutex(State())

    func nextNumber() -> Int {
        state.withLock { state in
            state.numbers += 1
            return state.numbers
        }
    }

    func post(_ order: CurlOrder) {
        let isTaken = state.withLock { state in
            if state.isClosed { return false }
            state.orders.append(order)
            if state.orders.count == 1 { state.bell?.ring() }
            return true
        }
        if !isTaken, case .start(_, let exchange) = order {
            exchange.fail(.cancelled, detail: "the transport is closed")
        }
    }

    /// Takes no more orders; those that wait are given out once more, then the thread ends.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.bell?.ring()
        }
    }

    /// What to ring.
    ///
    /// The thread takes it away again (`nil`) before it frees what is behind it.
    func hang(_ bell: CurlBell?) { state.withLock { $0.bell = bell } }

    /// All orders since the last time, oldest first.
    func take() -> (orders: [CurlOrder], isClosed: Bool) {
        state.withLock { state in
            var orders: [CurlOrder] = []
            swap(&orders, &state.orders)
            return (orders, state.isClosed)
        }
    }
}
