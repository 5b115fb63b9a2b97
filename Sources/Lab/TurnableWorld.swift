internal import Synchronization

/// A single-threaded executor with its own clock: jobs run in the order in which they were
/// enqueued, and time passes only when nothing else is left to do.
///
/// Everything that runs in it must be started from `run`'s root by structured concurrency. Tasks,
/// default actors and streams then keep one order, the same in every run of the same build. What
/// breaks that: an actor with an executor of its own, threads, timers, Dictionary order.
package final class TurnableWorld: TaskExecutor, SerialExecutor, Sendable {
    /// The root can never end, or took more than it was given.
    package struct Stuck: Error, Hashable, Sendable, CustomStringConvertible {
        package enum Reason: String, Hashable, Sendable {
            case nothingToDo = "nobody can go on, and nobody sleeps"
            case outOfTime = "the limit of virtual time is reached"
            case outOfJobs = "the limit of jobs is reached"
        }

        package let reason: Reason
        package let at: Duration
        package let jobs: Int

        package var description: String {
            """
            lab: the run does not end: \(reason.rawValue)
              where: at \(at) of virtual time, after \(jobs) jobs
              do:    look for a wait without a deadline
            """
        }
    }

    fileprivate struct Sleeper {
        let until: Duration
        let ticket: Int

        /// The earlier one goes first; of equals, who lay down first.
        func precedes(_ other: Sleeper) -> Bool {
            until == other.until ? ticket < other.ticket : until < other.until
        }
    }

    fileprivate struct State {
        var jobs: [UnownedJob] = []
        var head = 0
        var ran = 0
        var now = Duration.zero
        /// The root has ended.
        var isOver = false
        /// What the run was given.
        var latest = Duration.zero
        var mostJobs = 0
        var ticket = 0
        /// A heap, the earliest first; a sleeper who was woken early leaves his place behind.
        var sleepers: [Sleeper] = []
        /// Who still sleeps, by ticket: beside the heap, so that it moves nothing but numbers.
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Duration { state.withLock { $0.now } }
    /// How many jobs have run: the cost of a simulation, the same on every machine.
    package var jobsRun: Int { state.withLock { $0.ran } }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    /// Lets time go by for a task that would be the very next to wake: it need not lie down for it.
    ///
    /// False, and nothing has happened, where it would not, or is cancelled.
    func passes(_ duration: Duration) -> Bool {
        !Task.isCancelled && state.withLock { $0.passes(max(duration, .zero)) }
    }

    /// Returns when `duration` has gone by; throws at once when the task is cancelled.
    package func sleep(for duration: Duration) async throws(CancellationError) {
        if passes(duration) { return }
        let ticket = state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
        let slept = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: false)
                    return
                }
                state.withLock { state in
                    let end = state.now + max(duration, .zero)
                    state.waiting[ticket] = continuation
                    state.lieDown(Sleeper(until: end, ticket: ticket))
                }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: false)
        }
        guard slept else { throw CancellationError() }
    }

    /// Runs `root` to its end, on this thread.
    ///
    /// A root that never ends is cancelled, given some jobs to unwind in, and thrown as `Stuck`.
    package func run<Value: Sendable>(
        atMost limit: Duration = .seconds(7 * 86400), jobs jobLimit: Int = 50_000_000,
        _ root: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let end = Mutex<Result<Value, any Error>?>(nil)
        state.withLock { state in
            state.isOver = false
            (state.latest, state.mostJobs) = (limit, jobLimit)
        }
        let task = Task(executorPreference: self) {
            let result: Result<Value, any Error>
            do { result = .success(try await root()) } catch { result = .failure(error) }
            end.withLock { $0 = result }
            self.state.withLock { $0.isOver = true }
        }
        if let reason = turn(until: limit, jobs: jobLimit) {
            let stuck = Stuck(reason: reason, at: now, jobs: jobsRun)
            task.cancel()
            _ = turn(until: now, jobs: jobsRun + 100_000)
            throw stuck
        }
        guard let result = end.withLock({ $0 }) else {
            throw Stuck(reason: .nothingToDo, at: now, jobs: jobsRun)
        }
        return try result.get()
    }

    /// Runs jobs, then turns the clock to the next sleeper; nil once the root is over and all is quiet.
    private func turn(until limit: Duration, jobs jobLimit: Int) -> Stuck.Reason? {
        let tasks = unsafe asUnownedTaskExecutor()
        while true {
            while let job = state.withLock({ $0.nextJob(atMost: jobLimit) }) {
                // As any executor's job, and isolated to nobody: else each `await` is a job more.
                unsafe job.runSynchronously(on: tasks)
            }
            if jobsRun >= jobLimit { return .outOfJobs }
            switch state.withLock({ $0.wake(notAfter: limit) }) {
            case .woken(let continuation): continuation.resume(returning: true)
            case .over: return nil
            case .nobody: return .nothingToDo
            case .later: return .outOfTime
            }
        }
    }
}

extension TurnableWorld.State {
    fileprivate enum Waking {
        case woken(CheckedContinuation<Bool, Never>)
        case over
        case nobody
        case later
    }

    fileprivate mutating func nextJob(atMost limit: Int) -> UnownedJob? {
        guard ran < limit else { return nil }
        guard head < jobs.count else {
            jobs.removeAll(keepingCapacity: true)
            head = 0
            return nil
        }
        defer { head += 1 }
        ran += 1
        return jobs[head]
    }

    /// Lets time go by for somebody who would be the very next to wake: he need not lie down for it.
    ///
    /// Counted as the job that his waking would be, so that a loop of such sleeps meets the limit too.
    fileprivate mutating func passes(_ duration: Duration) -> Bool {
        let end = now + duration
        guard head == jobs.count, !isOver, end <= latest, ran < mostJobs else { return false }
        while let first = sleepers.first, !waiting.keys.contains(first.ticket) { removeFirst() }
        if let first = sleepers.first, first.until <= end { return false }
        now = end
        ran += 1
        return true
    }

    fileprivate mutating func wake(notAfter limit: Duration) -> Waking {
        if isOver { return .over }
        while let first = sleepers.first {
            let isLate = first.until > limit
            if isLate, waiting.keys.contains(first.ticket) { return .later }
            removeFirst()
            guard let continuation = waiting.removeValue(forKey: first.ticket) else { continue }
            now = max(now, first.until)
            return .woken(continuation)
        }
        return .nobody
    }

    fileprivate mutating func lieDown(_ sleeper: TurnableWorld.Sleeper) {
        sleepers.append(sleeper)
        var child = sleepers.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard sleepers[child].precedes(sleepers[parent]) else { break }
            sleepers.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func removeFirst() {
        sleepers.swapAt(0, sleepers.count - 1)
        sleepers.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in 2 * parent + 1...2 * parent + 2 where child < sleepers.count {
                if sleepers[child].precedes(sleepers[least]) { least = child }
            }
            if least == parent { return }
            sleepers.swapAt(parent, least)
            parent = least
        }
    }
}
