package import CanaryEngine
package import HTTPMessages
package import Processes
package import Timekeeping

/// Runs tests, each once.
///
/// Whatever happens, there is a report; nothing is thrown.
package struct TestRunner: Sendable {
    private let transport: any HTTPTransport
    private let spawner: any ProcessSpawner
    private let time: any Timekeeper
    private let environment: [ProcessJob.Variable]

    /// `environment` is our own; a command gets only what it is allowed of it.
    package init(
        transport: any HTTPTransport, spawner: any ProcessSpawner, time: any Timekeeper,
        environment: [ProcessJob.Variable] = []
    ) {
        self.transport = transport
        self.spawner = spawner
        self.time = time
        self.environment = environment
    }

    /// Runs a test once, within the call's time limit, and compares as the call asks.
    ///
    /// Called off with its task, at once; the report then says so, and its traffic is unknown.
    package func run(_ spec: TestSpec, call: TestCall, context: TestContext) async -> TestReport {
        let began = time.now
        let report = await report(spec, call, context)
        return TestReport(
            passed: report.passed, sentence: report.sentence, measures: report.measures,
            traffic: report.traffic, duration: time.now - began)
    }

    private func report(_ spec: TestSpec, _ call: TestCall, _ context: TestContext) async
        -> TestReport
    {
        do {
            let report = try await within(limit(spec, call), by: time) {
                try await execute(spec, call, context)
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
            return TestReport(passed: false, sentence: "called off", traffic: .unknown)
        }
    }

    /// The spawner ends a command in time, and needs a moment for it; this is the net below.
    private func limit(_ spec: TestSpec, _ call: TestCall) -> Duration {
        switch spec.kind {
        case .http: call.timeout
        case .command: call.timeout + CommandTest.grace * 2
        }
    }

    private func execute(_ spec: TestSpec, _ call: TestCall, _ context: TestContext)
        async throws -> TestReport
    {
        switch spec.kind {
        case .http(let load):
            let test = LoadTest(load: load, context: context, transport: transport, time: time)
            return try await test.run(name: spec.name)
        case .command(let command):
            return await CommandTest(
                command: command, context: context, spawner: spawner, environment: environment,
                timeLimit: call.timeout
            ).run()
        }
    }

    private func compared(
        _ report: TestReport, _ spec: TestSpec, _ call: TestCall, _ context: TestContext
    ) -> TestReport {
        guard report.passed else { return report }
        var passed = true
        var sentence = report.sentence
        switch call.baseline {
        case .none: break
        case .record:
            if report.measures.isEmpty {
                passed = false
                sentence = "gives no numbers to record as a baseline (\(sentence))"
            }
        case .compare:
            guard let baseline = context.baseline, !baseline.isEmpty else {
                passed = false
                sentence = "no baseline was recorded to compare with (\(sentence))"
                break
            }
            let rule = BaselineRule(
                tolerance: spec.tolerance, higherIsBetter: spec.higherIsBetter)
            let worse = rule.compare(now: report.measures, baseline: baseline)
            if !worse.isEmpty {
                passed = false
                sentence = worse.map(\.description).joined(separator: "; ")
            }
        }
        return TestReport(
            passed: passed, sentence: sentence, measures: report.measures, traffic: report.traffic)
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
