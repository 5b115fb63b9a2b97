import CanaryEngine
import HTTPMessages
import Lab
import Processes
import TestHooks

/// What programs write of their tests: the same bytes as JUnit's XML, as TAP, and as numbers.
enum FuzzResults {
    private struct Nobody: HTTPTransport {
        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            throw HTTPFailure(.refused, reached: .never, place: request.place)
        }
    }

    /// Writes the bytes to its output, and to its result file.
    private struct Author: ProcessSpawner {
        let bytes: [UInt8]

        func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
            ProcessEnd(
                exit: .code(0), output: bytes, dropped: 0, duration: .zero, result: .bytes(bytes))
        }
    }

    private static let kinds: [TestSpec.Results?] = [
        .init(.junit, .file("/out")), .init(.tap, .output), .init(.tap, .file("/out")),
        .init(.numbers, .output), .init(.numbers, .file("/out")), nil,
    ]

    static func read(_ bytes: [UInt8]) -> String? {
        let world = TurnableWorld()
        let runner = TestRunner(
            transport: Nobody(), spawner: Author(bytes: bytes), time: LabClock(world))
        do {
            return try world.run {
                for results in kinds {
                    if let flaw = await flaw(results, runner) { return flaw }
                }
                return nil
            }
        } catch {
            return "stuck: \(error)"
        }
    }

    /// A report is short, and of one line; what it tells of cases is what it counts.
    private static func flaw(_ results: TestSpec.Results?, _ runner: TestRunner) async -> String? {
        let report = await runner.run(
            TestSpec("unit", .command(.init(["unit"], results: results))), call: TestCall("unit"),
            context: TestContext(
                run: "r", idempotencyKey: "r-1", namespace: "shop", service: "reviews",
                stable: "v1", candidate: "v2", weight: .none, phase: "test unit"))
        if report.sentence.contains(where: \.isNewline) { return "two lines: \(report.sentence)" }
        if report.sentence.count > 1000 { return "a sentence of \(report.sentence.count) letters" }
        guard let cases = report.cases else { return nil }
        if report.passed, cases.failed > 0 { return "passed, and \(cases.failed) cases failed" }
        let told = cases.told.count { $0.outcome == .failed }
        if told > cases.failed || cases.told.count > 20 { return "tells \(cases.told.count) cases" }
        return cases.passed + cases.failed + cases.skipped > 0 ? nil : "a list of no case"
    }
}
