package import Timekeeping

/// Waits between two tries of a call: 100 ms, doubling to 2 s, or as long as the server says.
package struct Backoff: Sendable {
    private var pause = Duration.milliseconds(100)
    private var metConflict = false

    package init() {}

    /// Waits after a passing error; throws when the task is called off.
    ///
    /// The first conflict in a row costs no wait: the next try reads the newer version anyway.
    package mutating func wait(after error: KubernetesError, by time: any Timekeeper)
        async throws(CancellationError)
    {
        if case .conflict = error.code, !metConflict {
            metConflict = true
            return
        }
        var length = pause
        if case .tooMany(let retryAfter) = error.code { length = max(length, retryAfter) }
        pause = min(pause * 2, .seconds(2))
        try await time.sleep(for: length)
    }
}

extension KubernetesClient {
    /// Makes a call again and again while its errors are passing ones, until called off, or as long
    /// as this client's patience lasts.
    package func patiently<Value: Sendable>(
        _ call: (KubernetesClient) async throws -> Value
    ) async throws -> Value {
        var backoff = Backoff()
        let begin = time.now
        while true {
            try Task.checkCancellation()
            do {
                return try await call(self)
            } catch let error as KubernetesError where error.isPassing {
                if let patience, time.now - begin >= patience { throw error }
                try await backoff.wait(after: error, by: time)
            }
        }
    }
}
