import Synchronization

/// The means to call one order off, from wherever the decision falls.
final class CallOff: Sendable {
    private let called = Mutex(false)
    private let signal: AsyncStream<Void>
    private let horn: AsyncStream<Void>.Continuation

    init() { (signal, horn) = AsyncStream.makeStream() }

    var isCalled: Bool { called.withLock { $0 } }

    func call() {
        called.withLock { $0 = true }
        horn.finish()
    }

    /// Returns when the order is called off, or its own task is cancelled.
    func wait() async {
        for await _ in signal {}
    }
}
