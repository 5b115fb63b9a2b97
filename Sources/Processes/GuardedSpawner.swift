package import Timekeeping

/// Runs each command under a guard of its own; the guards are our own binary, started again.
package final class GuardedSpawner: ProcessSpawner {
    private let inbox = ProcessInbox()

    /// `executable` must call `GuardCommand` when its first argument says so.
    ///
    /// `time` only measures durations; the limits are kept by the guards.
    package init(
        executable: String = "/proc/self/exe", time: any Timekeeper = RealTime()
    ) {
        ProcessThread.start(inbox, executable: executable, time: time)
    }

    deinit { inbox.close() }

    /// Calls off what runs; later jobs fail at once.
    package func close() { inbox.close() }

    package func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        guard let message = GuardMessage(job) else {
            throw ProcessFailure(.unfit, place: job.place)
        }
        let inbox = inbox
        let exchange = ProcessExchange(number: inbox.nextNumber(), place: job.place)
        let results = job.resultFile.map { ResultFile($0) }
        var end = try await exchange.end {
            inbox.post(.start(job, message, exchange))
        } onCancel: {
            inbox.post(.callOff(exchange.number))
        }.get()
        end.result = results?.read()
        return end
    }
}
