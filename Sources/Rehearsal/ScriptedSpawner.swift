internal import Lab
package import Processes
internal import Timekeeping

/// Programs of the Lab: each takes a little time, and ends as the script says.
package struct ScriptedSpawner: ProcessSpawner {
    package enum End: Hashable, Sendable {
        case code(Int)
        /// Writes that into its results' file first.
        case brings(String, code: Int)
        case hangs
    }

    let time: any Timekeeper
    let script: @Sendable (_ arguments: [String], _ at: Duration) -> End
    /// Each start is an effect of this process.
    let life: Lifeline

    package func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        let name = job.arguments.first ?? ""
        do {
            let number = try life.begin("spawn \(name)")
            let start = time.now
            let exit: ProcessEnd.Exit
            var output: [UInt8] = []
            var result: ProcessEnd.Result?
            switch script(job.arguments, start) {
            case .code(let code):
                try await time.sleep(for: .seconds(1))
                exit = .code(code)
                output = Array("exit \(code)".utf8)
            case .brings(let results, let code):
                try await time.sleep(for: .seconds(1))
                exit = .code(code)
                output = Array("exit \(code)".utf8)
                result = .bytes(Array(results.utf8))
            case .hangs:
                try await time.sleep(for: job.timeLimit)
                exit = .timeLimit
            }
            try life.end(number)
            return ProcessEnd(
                exit: exit, output: output, dropped: 0, duration: time.now - start, result: result)
        } catch {
            throw ProcessFailure(.cancelled, place: name)
        }
    }
}
