package import Processes
internal import Timekeeping

/// Programs of the Lab: each takes a little time, and ends as the script says.
package struct ScriptedSpawner: ProcessSpawner {
    package enum End: Hashable, Sendable {
        case code(Int)
        case hangs
    }

    let time: any Timekeeper
    let script: @Sendable (_ arguments: [String], _ at: Duration) -> End
    /// Counts a start; throws where the process that starts it is dead.
    let begin: @Sendable (_ name: String) throws(CancellationError) -> Void

    package func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        let name = job.arguments.first ?? ""
        do {
            try begin(name)
            let start = time.now
            switch script(job.arguments, start) {
            case .code(let code):
                try await time.sleep(for: .seconds(1))
                return ProcessEnd(
                    exit: .code(code), output: Array("exit \(code)".utf8), dropped: 0,
                    duration: time.now - start)
            case .hangs:
                try await time.sleep(for: job.timeLimit)
                return ProcessEnd(
                    exit: .timeLimit, output: [], dropped: 0, duration: time.now - start)
            }
        } catch {
            throw ProcessFailure(.cancelled, place: name)
        }
    }
}
