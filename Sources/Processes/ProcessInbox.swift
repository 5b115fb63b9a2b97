internal import Synchronization

/// What a task asks of the thread.
enum ProcessOrder: Sendable {
    case start(ProcessJob, GuardMessage, ProcessExchange)
    case callOff(Int)
}

/// Where tasks leave orders for the thread.
final class ProcessInbox: Sendable {
    private struct State {
        var orders: [ProcessOrder] = []
        var numbers = 0
        var isClosed = false
        var bell: DescriptorBell?
    }

    private let state = Mutex(State())

    func nextNumber() -> Int {
        state.withLock { state in
            state.numbers += 1
            return state.numbers
        }
    }

    func post(_ order: ProcessOrder) {
        let isTaken = state.withLock { state in
            if state.isClosed { return false }
            state.orders.append(order)
            if state.orders.count == 1 { state.bell?.ring() }
            return true
        }
        if !isTaken, case .start(_, _, let exchange) = order {
            exchange.settle(
                .failure(exchange.failure(.cancelled, detail: "the spawner is closed")))
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.bell?.ring()
        }
    }

    /// What to ring.
    ///
    /// The thread takes it away again (`nil`) before it closes what is behind it.
    func hang(_ bell: DescriptorBell?) { state.withLock { $0.bell = bell } }

    func take() -> (orders: [ProcessOrder], isClosed: Bool) {
        state.withLock { state in
            var orders: [ProcessOrder] = []
            swap(&orders, &state.orders)
            return (orders, state.isClosed)
        }
    }
}
