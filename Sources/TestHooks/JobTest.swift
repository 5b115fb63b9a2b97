internal import CanaryEngine
package import JSONTree
internal import Processes
internal import Secrets

extension TestSpec {
    /// A Kubernetes Job; its test container's exit 0 passes.
    package struct Job: Hashable, Sendable {
        package var manifest: JSONTree
        /// The container whose end is the test's; nil: the first.
        package var container: String?
        package var sendsRequests: Bool

        package init(
            _ manifest: JSONTree, container: String? = nil, sendsRequests: Bool = true
        ) {
            self.manifest = manifest
            self.container = container
            self.sendsRequests = sendsRequests
        }
    }
}

/// Who runs Jobs: the cluster that the run is in.
package protocol TestJobs: Sendable {
    /// Makes the Job, waits for its test container's end, and takes the Job away again.
    ///
    /// A Job that is there already, made for the same key, is waited for: a crash came between.
    func run(_ job: TestJob) async throws -> TestJobEnd
}

/// One Job as it is wanted.
package struct TestJob: Hashable, Sendable {
    package let manifest: JSONTree
    package let container: String?
    /// The same for every try of one order.
    package let key: String
    /// For the environment of all its containers.
    package let variables: [Variable]
    package let timeLimit: Duration

    package struct Variable: Hashable, Sendable {
        package let name: String
        package let value: String
    }
}

package struct TestJobEnd: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case exit(Int)
        /// It did not come to an end of its own: why not.
        case failed(String)
    }

    package let verdict: Verdict
    /// The last lines of the test container.
    package let log: [UInt8]

    package init(_ verdict: Verdict, log: [UInt8] = []) {
        self.verdict = verdict
        self.log = log
    }
}

extension TestSpec.Job: TestWork {
    func carryOut(_ place: TestPlace) async throws -> TestReport {
        guard let jobs = place.doors.jobs else {
            throw HookError(.noDoor, place: "tests.\(place.name)", detail: "a Job")
        }
        let context = place.context
        let end = try await jobs.run(
            TestJob(
                manifest: manifest, container: container, key: context.idempotencyKey,
                variables: context.variables.map { .init(name: $0.name, value: $0.value) },
                timeLimit: place.timeLimit))
        let code = if case .exit(let code) = end.verdict { code } else { -1 }
        let ending = CommandEnding(
            ProcessEnd(exit: .code(code), output: end.log, dropped: 0, duration: .zero),
            redaction: place.doors.redaction)
        let said = ending.lastWords.map { ": \($0)" } ?? ""
        var report = TestReport(
            passed: code == 0, sentence: "", traffic: sendsRequests ? .unknown : .none)
        switch end.verdict {
        case .exit(0): report.sentence = ending.lastWords ?? "exit 0"
        case .exit(let code): report.sentence = "exit \(code)\(said)"
        case .failed(let why): report.sentence = place.doors.redaction.clean(why) + said
        }
        if report.passed { report.take(ending.measures) }
        report.output = ending.kept(most: report.passed ? 1 << 10 : 4 << 10)
        return report
    }

    /// To see that it is gone.
    var ending: Duration { .seconds(30) }
}
