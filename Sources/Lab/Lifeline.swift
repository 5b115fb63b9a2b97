internal import Synchronization
package import Timekeeping

/// The life of one process in the world: it can be ended at a chosen effect.
///
/// From its death on every door that shares the lifeline throws at once, and what runs under
/// `live` is cancelled: it unwinds in no virtual time and without effect.
package final class Lifeline: Sendable {
    /// When a process dies: at its n-th effect (from 1), before it or right after it was applied.
    package struct Death: Hashable, Sendable {
        package enum Point: Hashable, Sendable {
            case before
            /// Applied, and nobody hears that it was.
            case after
        }

        package let effect: Int
        package let point: Point

        package init(effect: Int, point: Point) {
            self.effect = effect
            self.point = point
        }
    }

    /// When a process stops for a while, as a paused machine does, and then goes on unaware.
    package struct Stall: Hashable, Sendable {
        package let effect: Int
        package let point: Death.Point
        package let lasts: Duration

        package init(effect: Int, point: Death.Point, lasts: Duration) {
            self.effect = effect
            self.point = point
            self.lasts = lasts
        }
    }

    /// The process under `live` died.
    package struct Died: Error, Hashable, Sendable {
        package let effects: Int
        /// What the unwinding took; anything but zero is a fault of the program that died.
        package let unwinding: Duration
    }

    private struct State {
        var death: Death?
        var stall: Stall?
        var frozenUntil: Duration = .zero
        var isDead = false
        var effects: [String] = []
        var lateAttempts = 0
        var diedAt: Duration?
        var mourner: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    /// `dies` nil: only when somebody calls `kill`.
    package init(dies: Death? = nil, stalls: Stall? = nil) {
        state = Mutex(State(death: dies, stall: stalls))
    }

    /// The process stands still from now on for so long.
    package func freeze(for duration: Duration, by time: any Timekeeper) {
        state.withLock { $0.frozenUntil = max($0.frozenUntil, time.now + duration) }
    }

    package func standsStill(by time: any Timekeeper) -> Bool {
        let end = state.withLock { $0.frozenUntil }
        return end > .zero && end > time.now
    }

    /// Returns when the process does not stand still (any more).
    package func thaw(by time: any Timekeeper) async throws(CancellationError) {
        while true {
            let rest = state.withLock { $0.frozenUntil } - time.now
            guard rest > .zero else { return }
            try await time.sleep(for: rest)
        }
    }

    /// Stands still from now on, if this is the effect and the point for it.
    package func stall(_ number: Int, _ point: Death.Point, by time: any Timekeeper) {
        let lasts = state.withLock { state -> Duration? in
            guard let stall = state.stall, stall.effect == number, stall.point == point else {
                return nil
            }
            state.stall = nil
            return stall.lasts
        }
        if let lasts { freeze(for: lasts, by: time) }
    }

    package var isDead: Bool { state.withLock { $0.isDead } }
    /// What was begun, in order, the effect of the death included.
    package var effects: [String] { state.withLock { $0.effects } }
    /// How often a door was tried after the death.
    package var lateAttempts: Int { state.withLock { $0.lateAttempts } }

    package func kill() {
        let mourner = state.withLock { state in
            state.isDead = true
            defer { state.mourner = nil }
            return state.mourner
        }
        mourner?.resume()
    }

    /// Throws when the process is dead: every door begins and ends with it.
    package func checkAlive() throws(CancellationError) {
        let isDead = state.withLock { state in
            if state.isDead { state.lateAttempts += 1 }
            return state.isDead
        }
        if isDead { throw CancellationError() }
    }

    /// Counts an effect that is about to happen; the answer is its number, for `end`.
    package func begin(_ label: String) throws(CancellationError) -> Int {
        try checkAlive()
        let (number, dies) = state.withLock { state in
            state.effects.append(label)
            let number = state.effects.count
            return (number, state.death == Death(effect: number, point: .before))
        }
        if dies {
            kill()
            throw CancellationError()
        }
        return number
    }

    /// Says that an effect was applied; throws when nobody is left to hear of it.
    package func end(_ number: Int) throws(CancellationError) {
        if state.withLock({ $0.death == Death(effect: number, point: .after) }) { kill() }
        if isDead { throw CancellationError() }
    }

    /// Runs a process to its end or its death, whichever is first; `Died` after its death.
    package func live<Value: Sendable>(
        by time: any Timekeeper, _ process: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let end: Result<Value, any Error>? = await withTaskGroup(
            of: Result<Value, any Error>?.self
        ) { group in
            group.addTask {
                do { return .success(try await process()) } catch { return .failure(error) }
            }
            group.addTask {
                await self.death(by: time)
                return nil
            }
            var end: Result<Value, any Error>?
            for await ended in group {
                end = ended ?? end
                group.cancelAll()
            }
            return end
        }
        if isDead {
            let diedAt = state.withLock { $0.diedAt } ?? time.now
            throw Died(effects: effects.count, unwinding: time.now - diedAt)
        }
        guard let end else { throw CancellationError() }
        return try end.get()
    }

    /// Returns when the process has died, or when nobody waits for it any more.
    private func death(by time: any Timekeeper) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { mourner in
                let isOver = state.withLock { state in
                    if state.isDead || Task.isCancelled { return true }
                    state.mourner = mourner
                    return false
                }
                if isOver { mourner.resume() }
            }
        } onCancel: {
            state.withLock { state in
                defer { state.mourner = nil }
                return state.mourner
            }?.resume()
        }
        state.withLock { $0.diedAt = time.now }
    }
}
