import CanaryEngine
import Testing

@testable import TestHooks

@Suite struct BaselineTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var before: [Measure]
        var now: [Measure]
        var worse: [String]
        var testDescription: String { "\(before) -> \(now)" }
    }

    @Test(arguments: [
        Case(before: [.init("p99", 100)], now: [.init("p99", 120)], worse: []),
        Case(
            before: [.init("p99", 100)], now: [.init("p99", 120.5)],
            worse: ["p99 went from 100 to 120.5 (+20.5%)"]),
        Case(before: [.init("p99", 100)], now: [.init("p99", 1)], worse: []),
        // Less than a millisecond more is noise.
        Case(before: [.init("p50", 0.4)], now: [.init("p50", 1.3)], worse: []),
        Case(
            before: [.init("p50", 0.4)], now: [.init("p50", 1.5)],
            worse: ["p50 went from 0.4 to 1.5 (+275%)"]),
        Case(before: [.init("throughput", 100)], now: [.init("throughput", 80)], worse: []),
        Case(
            before: [.init("throughput", 100)], now: [.init("throughput", 79)],
            worse: ["throughput went from 100 to 79 (-21%)"]),
        Case(before: [.init("errors", 0)], now: [.init("errors", 0)], worse: []),
        Case(
            before: [.init("errors", 0)], now: [.init("errors", 0.005)],
            worse: ["errors went from 0 to 0.005"]),
        Case(before: [.init("score", 10)], now: [.init("score", 9)], worse: []),
        Case(
            before: [.init("score", 10)], now: [.init("score", 7)],
            worse: ["score went from 10 to 7 (-30%)"]),
        Case(before: [.init("p99", 100)], now: [], worse: ["p99 was 100 and is missing"]),
        Case(
            before: [.init("p99", 100)], now: [.init("p99", .nan)],
            worse: ["p99 went from 100 to nan (nan%)"]),
        Case(before: [], now: [.init("p99", 100)], worse: []),
        Case(before: [.init("drift", -10)], now: [.init("drift", -8)], worse: []),
        Case(
            before: [.init("b", 1), .init("a", 1)], now: [.init("a", 2), .init("b", 2)],
            worse: ["b went from 1 to 2 (+100%)", "a went from 1 to 2 (+100%)"]),
    ])
    func compares(_ table: Case) {
        let rule = BaselineRule(tolerance: 0.2, higherIsBetter: ["score"])
        #expect(
            rule.compare(now: table.now, baseline: table.before).map(\.description) == table.worse)
    }
}
