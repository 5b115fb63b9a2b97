package import CanaryEngine
package import HTTPMessages
package import Processes
internal import Secrets
package import Timekeeping

/// Runs tests, each once.
///
/// Whatever happens, there is a report; nothing is thrown.
package struct TestRunner: Sendable {
    private let doors: TestDoors
    private var time: any Timekeeper { doors.time }

    package init(_ doors: TestDoors) { self.doors = doors }

    /// `environment` is our own; a command gets only what it is allowed of it.
    package init(
        transport: any HTTPTransport, spawner: any ProcessSpawner, time: any Timekeeper,
        environment: [ProcessJob.Variable] = []
    ) {
        self.init(
            TestDoors(
                transport: transport, spawner: spawner, time: time, environment: environment))
    }

    /// Runs a test once, within the call's time limit, and compares as the call asks.
    ///
    /// Called off with its task, at once; the report then says so, and its traffic is unknown.
    package func run(_ spec: TestSpec, call: TestCall, context: TestContext) async -> TestReport {
        let began = time.now
        return await report(spec, call, context).lasting(time.now - began)
    }

    private func report(_ spec: TestSpec, _ call: TestCall, _ context: TestContext) async
        -> TestReport
    {
        let work = spec.kind.work
        let place = TestPlace(
            name: spec.name, context: context, timeLimit: call.timeout, doors: doors)
        do {
            // A kind that ends what it began does so in time; this is the net below.
            let report = try await within(call.timeout + work.ending, by: time) {
                if call.baseline == .stable {
                    return try await BesideStable(spec, place).report()
                }
                return try await work.carryOut(place)
            }
            try Task.checkCancellation()
            return compared(report, spec, call, context)
        } catch let error as HookError {
            return TestReport(passed: false, sentence: error.reason)
        } catch is OutOfTime {
            return TestReport(
                passed: false, sentence: "no end within \(TimeText.short(call.timeout))",
                traffic: .unknown)
        } catch {
            let isCalledOff = error is CancellationError || Task.isCancelled
            let words = "\(error)".prefix { !$0.isNewline }
            return TestReport(
                passed: false,
                sentence: isCalledOff ? "called off" : doors.redaction.clean(String(words)),
                traffic: .unknown)
        }
    }

    private func compared(
        _ report: TestReport, _ spec: TestSpec, _ call: TestCall, _ context: TestContext
    ) -> TestReport {
        guard report.passed else { return report }
        var compared = report
        switch call.baseline {
        // Stable's numbers came with the candidate's.
        case .none, .stable: break
        case .record:
            if report.measures.isEmpty {
                compared.passed = false
                compared.sentence =
                    "gives no numbers to record as a baseline (\(report.sentence))"
            }
        case .compare:
            guard let baseline = context.baseline, !baseline.isEmpty else {
                compared.passed = false
                compared.sentence =
                    "no baseline was recorded to compare with (\(report.sentence))"
                break
            }
            let worse = spec.rule.compare(now: report.measures, baseline: baseline)
            if !worse.isEmpty {
                compared.passed = false
                compared.sentence = worse.map(\.description).joined(separator: "; ")
            }
        }
        return compared
    }
}

/// Durations as people write them.
enum TimeText {
    /// `90s`, or `1500ms` where the seconds are not whole.
    static func short(_ duration: Duration) -> String {
        let milliseconds = Int(duration.inMilliseconds)
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
