package import Timekeeping

/// Waits between two tries of a call: 100 ms, doubling to 2 s, or as long as the server says.
package struct Backoff: Sendable {
    private var pause = Duration.milliseconds(100)
    private var metConflict = false
    private let isJittered: Bool

    package init(isJittered: Bool = false) { self.isJittered = isJittered }

    /// Waits after a passing error; throws when the task is called off.
    package mutating func wait(after error: KubernetesError, by time: any Timekeeper)
        async throws(CancellationError)
    {
        let length = pause(after: error)
        if length > .zero { try await time.sleep(for: length) }
    }

    /// How long to wait after a passing error.
    package mutating func pause(after error: KubernetesError) -> Duration {
        var dice = SystemRandomNumberGenerator()
        return length(after: error, dice: &dice)
    }

    /// The pause, by dice of one's own.
    ///
    /// The first conflict in a row costs no wait: the next try reads the newer version anyway. With
    /// jitter a wait of ours is half to the whole of what it would be, and one that the server asked
    /// for is never shorter than that.
    mutating func length(
        after error: KubernetesError, dice: inout some RandomNumberGenerator
    ) -> Duration {
        if case .conflict = error.code, !metConflict {
            metConflict = true
            return .zero
        }
        let whole = pause
        pause = min(pause * 2, .seconds(2))
        var length = whole
        if isJittered { length = whole / 2 + Self.share(of: whole / 2, &dice) }
        guard let asked = error.retryAfter else { return length }
        let later = isJittered ? Self.share(of: min(asked / 10, .seconds(2)), &dice) : .zero
        return max(length, asked + later)
    }

    private static func share(
        of length: Duration, _ dice: inout some RandomNumberGenerator
    ) -> Duration {
        length * Int.random(in: 0...1000, using: &dice) / 1000
    }
}

extension KubernetesClient {
    /// A new row of waits, as this client makes them.
    package var backoff: Backoff { Backoff(isJittered: isJittered) }

    /// Makes a call again and again while its errors are passing ones, until called off, or as long
    /// as this client's patience lasts.
    package func patiently<Value: Sendable>(
        _ call: (KubernetesClient) async throws -> Value
    ) async throws -> Value {
        var tries = VainTries(of: self)
        while true {
            try Task.checkCancellation()
            do {
                return try await call(self)
            } catch let error as KubernetesError where error.isPassing {
                try await tries.wait(after: error)
            }
        }
    }
}

/// For how long something has been tried in vain, by the patience of a client.
package struct VainTries: Sendable {
    private let client: KubernetesClient
    private let begin: Duration
    private var backoff: Backoff

    package init(of client: KubernetesClient) {
        self.client = client
        begin = client.time.now
        backoff = client.backoff
    }

    /// Rests until the next try.
    ///
    /// Throws `error` at once where the rest would end behind our patience, however long the server
    /// asks us to wait; and when the task is called off.
    package mutating func wait(after error: KubernetesError) async throws {
        let rest = backoff.pause(after: error)
        let lasted = client.time.now - begin
        if let patience = client.patience, lasted >= patience || lasted + rest > patience {
            throw error
        }
        if rest > .zero { try await client.time.sleep(for: rest) }
    }
}
