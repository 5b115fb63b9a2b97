package import Manifests
internal import Synchronization
internal import Timekeeping

/// The rests between two looks at objects that are watched: news ends them early.
///
/// The looks decide, and the watch only says when the next one is worth while. So nothing depends on
/// it: an event that is lost costs as long as a rest may last, a watch that is refused the looks that
/// are then made more often.
///
/// For one looker at a time.
package final class Doorbell: Sendable {
    private struct State {
        /// What happens rings.
        var isWatched = false
        /// Something happened after the last rest; so the look behind it may not have seen it.
        var isRung = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let time: any Timekeeper

    init(_ time: any Timekeeper) { self.time = time }

    /// Rests until something has happened: for `shortest` at least, for `longest` at most, and for
    /// `unwatched` where nobody would tell.
    package func rest(_ shortest: Duration, atMost longest: Duration, unwatched: Duration)
        async throws
    {
        defer { state.withLock { $0.isRung = false } }
        guard state.withLock({ $0.isWatched }) else {
            return try await time.sleep(for: unwatched)
        }
        try await time.sleep(for: shortest)
        guard longest > shortest else { return }
        do {
            try await within(longest - shortest, by: time) { await self.ringing() }
        } catch is OutOfTime {}
        try Task.checkCancellation()
    }

    /// Returns when it rings, nobody listens any more, or the task is called off.
    private func ringing() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { sleeper in
                let isOver = state.withLock { state in
                    if state.isRung || !state.isWatched || Task.isCancelled { return true }
                    state.sleeper = sleeper
                    return false
                }
                if isOver { sleeper.resume() }
            }
        } onCancel: {
            wake { _ in }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let sleeper = state.withLock { state in
            change(&state)
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    fileprivate func hear(_ news: KindFeed.News) {
        switch news {
        case .opened: state.withLock { $0.isWatched = true }
        case .listed, .changed: wake { $0.isRung = true }
        case .lost: wake { $0.isWatched = false }
        }
    }
}

extension KubernetesClient {
    /// Does `work`, and watches the kind's objects meanwhile, those whose labels equal `selector`.
    ///
    /// The watch is opened after `delay`: work that is soon done needs none.
    package func watching<Value: Sendable>(
        _ kind: ResourceKind, namespace: String?, selector: [(String, String)] = [],
        after delay: Duration, _ work: @escaping @Sendable (Doorbell) async throws -> Value
    ) async throws -> Value {
        let bell = Doorbell(time)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work(bell) }
            group.addTask {
                try await time.sleep(for: delay)
                var feed = KindFeed(self, kind, namespace: namespace, selector: selector)
                // What goes wrong here is met by the looks as well, and told by them.
                while feed.mayWatch, let news = try? await feed.next() { bell.hear(news) }
                bell.hear(.lost)
                return nil
            }
            defer { group.cancelAll() }
            while let first = try await group.next() {
                if let value = first { return value }
            }
            throw CancellationError()
        }
    }
}
