internal import Synchronization

/// A body between the task that makes it and the thread that sends it, with a bound.
final class ServerStream: Sendable {
    /// How the making ended.
    enum Ending: Sendable {
        case complete
        /// The client must be able to tell: its connection breaks off.
        case broken
    }

    /// What the thread finds.
    enum Found {
        case bytes(ArraySlice<UInt8>)
        /// Set the connection aside; a `wake` will come.
        case nothing
        case end(Ending)
    }

    private static let limit = 1 << 20

    private struct State {
        var pieces: [ArraySlice<UInt8>] = []
        var waiting = 0
        /// The thread found nothing and waits for a `wake`.
        var isHungry = false
        var ending: Ending?
        var isClosed = false
        var maker: CheckedContinuation<Bool, Never>?
    }

    private let number: Int
    private let state = Mutex(State())

    init(number: Int) { self.number = number }

    /// Adds a piece; waits while too much waits already.
    ///
    /// False: nobody will read it.
    func put(_ bytes: [UInt8], inbox: ServerInbox) async -> Bool {
        if bytes.isEmpty { return true }
        let isHungry = state.withLock { state -> Bool? in
            if state.isClosed { return nil }
            state.pieces.append(bytes[...])
            state.waiting += bytes.count
            defer { state.isHungry = false }
            return state.isHungry
        }
        guard let isHungry else { return false }
        if isHungry { inbox.post(.wake(number)) }
        return await room()
    }

    /// Waits for room; cancellation comes with the client's leaving, which closes the stream.
    private func room() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if state.isClosed { return false }
                    if state.waiting <= Self.limit { return true }
                    state.maker = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            close()
        }
    }

    /// Nothing more will be put.
    func end(_ ending: Ending, inbox: ServerInbox) {
        let isHungry = state.withLock { state in
            state.ending = ending
            defer { state.isHungry = false }
            return state.isHungry
        }
        if isHungry { inbox.post(.wake(number)) }
    }

    /// Nobody reads any more.
    func close() {
        let maker = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.isClosed = true
            state.pieces = []
            state.waiting = 0
            let maker = state.maker
            state.maker = nil
            return maker
        }
        maker?.resume(returning: false)
    }

    /// The thread's side: the next bytes, at most `count`.
    func take(atMost count: Int) -> Found {
        let (found, maker) = state.withLock {
            state -> (Found, CheckedContinuation<Bool, Never>?) in
            guard let first = state.pieces.first else {
                if state.isClosed { return (.end(.broken), nil) }
                if let ending = state.ending { return (.end(ending), nil) }
                state.isHungry = true
                return (.nothing, nil)
            }
            let piece = first.prefix(count)
            if piece.count == first.count {
                state.pieces.removeFirst()
            } else {
                state.pieces[0] = first.dropFirst(count)
            }
            state.waiting -= piece.count
            guard state.waiting <= Self.limit / 2 else { return (.bytes(piece), nil) }
            let maker = state.maker
            state.maker = nil
            return (.bytes(piece), maker)
        }
        maker?.resume(returning: true)
        return found
    }
}
