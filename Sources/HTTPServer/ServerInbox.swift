internal import HTTPMessages
internal import Synchronization

/// What a task asks of the server's thread.
enum ServerOrder: Sendable {
    case answer(Int, HTTPResponse)
    /// A stream that had nothing to send has something now.
    case wake(Int)
}

/// Where tasks leave orders for the thread.
final class ServerInbox: Sendable {
    private struct State {
        var orders: [ServerOrder] = []
        var isClosed = false
        var bell: SocketBell?
    }

    private let state = Mutex(State())

    func post(_ order: ServerOrder) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.orders.append(order)
            if state.orders.count == 1 { state.bell?.ring() }
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.bell?.ring()
        }
    }

    /// What to ring; the thread takes it away (`nil`) before it closes what is behind it.
    func hang(_ bell: SocketBell?) { state.withLock { $0.bell = bell } }

    func take() -> (orders: [ServerOrder], isClosed: Bool) {
        state.withLock { state in
            var orders: [ServerOrder] = []
            swap(&orders, &state.orders)
            return (orders, state.isClosed)
        }
    }
}
