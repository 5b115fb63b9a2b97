internal import Synchronization

/// One request between the task that answers it and the thread that holds its connection.
final class ServerExchange: Sendable {
    private struct State {
        var isGone = false
        var watcher: CheckedContinuation<Void, Never>?
    }

    let number: Int
    let request: HTTPServerRequest
    let stream: ServerStream
    private let state = Mutex(State())

    init(number: Int, request: HTTPServerRequest) {
        self.number = number
        self.request = request
        stream = ServerStream(number: number)
    }

    /// Whether an answer with that status carries a body at all.
    func mayHaveBody(_ status: Int) -> Bool {
        request.method != "HEAD" && status >= 200 && status != 204 && status != 304
    }

    /// Returns when the connection is done with this request, or when cancelled.
    func gone() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isGone { return true }
                    state.watcher = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            leave()
        }
    }

    /// The connection is done with this request: answered, broken or closed.
    func end() {
        stream.close()
        leave()
    }

    private func leave() {
        let watcher = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isGone = true
            let watcher = state.watcher
            state.watcher = nil
            return watcher
        }
        watcher?.resume()
    }
}
