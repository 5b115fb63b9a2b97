/// What one execution of a test brought.
package struct TestReport: Hashable, Sendable {
    package var passed: Bool
    package var sentence: String
    package var measures: [Measure]
    /// Requests that the test sent through the mesh: users' numbers are cleaned of them.
    package var traffic: OwnTraffic
    /// How long it ran, in whole microseconds: as the journal keeps it, or a replay would differ.
    package let duration: Duration
    /// What the test itself says of its parts; nil: it says nothing of any.
    package var cases: CaseList?
    /// The last lines that it wrote, without secrets.
    package var output: String

    package init(
        passed: Bool, sentence: String, measures: [Measure] = [], traffic: OwnTraffic = .none,
        duration: Duration = .zero, cases: CaseList? = nil, output: String = ""
    ) {
        self.passed = passed
        self.sentence = sentence
        self.measures = measures
        self.traffic = traffic
        self.cases = cases
        self.output = output
        let rest = duration.components.attoseconds % 1_000_000_000_000
        self.duration = duration - Duration(secondsComponent: 0, attosecondsComponent: rest)
    }

    /// The same, with the time that it took.
    package func lasting(_ duration: Duration) -> TestReport {
        TestReport(
            passed: passed, sentence: sentence, measures: measures, traffic: traffic,
            duration: duration, cases: cases, output: output)
    }
}

/// The parts of a test, as it tells them itself: how many, and the ones worth a look.
package struct CaseList: Hashable, Sendable {
    package struct Case: Hashable, Sendable {
        package enum Outcome: Hashable, Sendable {
            case passed
            case failed
            case skipped
        }

        package let name: String
        package let outcome: Outcome
        /// One sentence; empty where nothing was said.
        package let detail: String

        package init(_ name: String, _ outcome: Outcome, detail: String = "") {
            self.name = name
            self.outcome = outcome
            self.detail = detail
        }
    }

    package let passed: Int
    package let failed: Int
    package let skipped: Int
    /// Failed ones first; not all, where there are many.
    package let told: [Case]

    package init(passed: Int, failed: Int, skipped: Int, told: [Case]) {
        self.passed = passed
        self.failed = failed
        self.skipped = skipped
        self.told = told
    }
}

/// Requests of our own tests.
package enum OwnTraffic: Hashable, Sendable {
    case none
    /// So many went to the candidate, and so many to stable; of them so many failed.
    case counted(candidate: Int, candidateErrors: Int, stable: Int, stableErrors: Int)
    /// Nobody counted: the seconds in which the test ran are left out of every window.
    case unknown
}
