/// Runs programs: real ones in production, made-up ones in the Lab.
package protocol ProcessSpawner: Sendable {
    /// Returns when the program and all its descendants are gone. Called off with its task, at
    /// once; what it started is killed nevertheless.
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd
}
