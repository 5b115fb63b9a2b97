import CanaryEngine
import HTTPMessages
import JSONTree
import Testing

@testable import TestHooks

/// What an answer must have, how long and how fast requests go out, and who is beside whom.
@Suite struct ExpectationTests {
    private static let answer = HTTPResponse(
        status: 200, headers: ["Content-Type": "application/json; charset=utf-8"],
        body: .text(#"{"items": [{"id": 7}], "state": "ready"}"#))

    struct Case: Sendable, CustomTestStringConvertible {
        var expected: TestSpec.ExpectedAnswer
        var fault: String?
        var testDescription: String { fault ?? "fine" }
    }

    private static func member(_ path: String, _ value: JSONTree) -> TestSpec.ExpectedAnswer {
        .init(members: JSONPath(path).map { [.init($0, value)] } ?? [])
    }

    @Test(arguments: [
        Case(expected: .init(), fault: nil),
        Case(expected: .init(headers: ["content-type": "application/json"]), fault: nil),
        Case(
            expected: .init(headers: ["content-type": "text"]),
            fault: "header content-type is not text"),
        Case(expected: .init(headers: ["x-a": "1"]), fault: "header x-a is missing"),
        Case(expected: member("$.items[0].id", 7), fault: nil),
        Case(expected: member("$.items[0].id", 8), fault: "$.items[0].id is another"),
        Case(expected: member("$.items[1].id", 7), fault: "$.items[1].id is missing"),
        Case(expected: .init(text: "ready"), fault: nil),
        Case(expected: .init(text: "steady"), fault: "its body does not hold the text"),
    ])
    func looks(_ table: Case) { #expect(table.expected.fault(in: Self.answer) == table.fault) }

    @Test func tellsTheFirstFault() async {
        let clock = StandingClock()
        let gateway = KnownGateway(clock) { _, _ in Self.answer }
        let report = await TestRunner(transport: gateway, spawner: ToldSpawner(), time: clock).run(
            TestSpec("load", .http(.init("/", requests: 2, answer: .init(text: "steady")))),
            call: TestCall("load"), context: context)
        #expect(
            report.sentence == "0 of 2 requests as expected, p50 10 ms, p99 10 ms; the first that"
                + " was not: its body does not hold the text")
    }

    /// Twenty a second for three seconds are sixty, each in its turn.
    @Test func keepsTheRate() async {
        let clock = StandingClock(sleepers: .moveBelow(.seconds(30)))
        let gateway = KnownGateway(clock) { _, _ in HTTPResponse(status: 200) }
        let load = TestSpec.Load("/", duration: .seconds(3), rate: 20)
        let report = await TestRunner(transport: gateway, spawner: ToldSpawner(), time: clock).run(
            TestSpec("load", .http(load)), call: TestCall("load"), context: context)
        #expect(gateway.asked.count == 60)
        #expect(report.passed)
        #expect(report.sentence.hasPrefix("60 of 60 requests as expected"))
        let rate = report.measures.first { $0.name == LoadMeasure.throughput }?.value ?? 0
        #expect((19...21).contains(rate))
    }

    @Test func lastsAsLongAsItIsTold() async {
        let clock = StandingClock()
        let gateway = KnownGateway(clock, takes: { _ in .milliseconds(100) }) { _, _ in
            HTTPResponse(status: 200)
        }
        let report = await TestRunner(transport: gateway, spawner: ToldSpawner(), time: clock).run(
            TestSpec("load", .http(.init("/", duration: .seconds(2)))), call: TestCall("load"),
            context: context)
        #expect(gateway.asked.count == 20)
        #expect(report.passed)
    }

    /// The dark ones meet the candidate, in `slow` milliseconds; the others stable, in ten.
    private func beside(_ slow: Int, _ header: String? = "x-version") async -> TestReport {
        let clock = StandingClock()
        let gateway = KnownGateway(clock, takes: { _ in .zero }) { _, request in
            let isDark = request.headers["end-user"] != nil
            clock.advance(.milliseconds(isDark ? slow : 10))
            return HTTPResponse(
                status: 200,
                headers: isDark
                    ? ["theseus-run": "r-7", "x-version": "v2"] : ["x-version": "v1"])
        }
        let load = TestSpec.Load("/", requests: 20, dark: true, versionHeader: header)
        return await TestRunner(transport: gateway, spawner: ToldSpawner(), time: clock).run(
            TestSpec("load", .http(load), tolerances: [.init("errors", 0)]),
            call: TestCall("load", baseline: .stable), context: context)
    }

    @Test func runsBesideStable() async {
        let report = await beside(10)
        #expect(report.passed)
        #expect(report.sentence.hasSuffix("; beside stable within the tolerance"))
        #expect(report.measures.contains { $0.name == "stable p99" })
        #expect(
            report.traffic
                == .counted(candidate: 20, candidateErrors: 0, stable: 20, stableErrors: 0))
    }

    /// A header that no answer has, or whose values are no versions.
    @Test func saysWhatKeepsItFromComparing() async {
        let report = await beside(10, "x-other")
        #expect(!report.passed)
        #expect(
            report.sentence
                == "no answer says by its header x-other that it is stable's (v1): there is nothing"
                + " to compare with")
    }

    @Test func canOnlyBeToldApartByAHeader() async {
        let report = await beside(10, nil)
        #expect(report.sentence == "the test cannot be run beside stable")
    }

    @Test(arguments: [
        ([Measure("p99", 120)], [String]()),
        ([Measure("p99", 121)], ["p99 went from 100 to 121 (+21%)"]),
        ([Measure("p99", 1)], []),
    ])
    func namedTolerances(_ now: [Measure], _ worse: [String]) {
        let rule = BaselineRule(tolerance: 0, named: [.init("p99", 0.2)])
        let before = [Measure("p99", 100), Measure("p50", 1)]
        #expect(rule.compare(now: now, baseline: before).map(\.description) == worse)
    }

    @Test func aNumberThatMayFall() {
        let rule = BaselineRule(
            tolerance: 0, named: [.init("hits", -0.1), .init("unknown", 0.1)])
        let before = [Measure("hits", 100)]
        #expect(
            rule.compare(now: [Measure("hits", 90)], baseline: before).map(\.description)
                == ["unknown is not among the recorded numbers"])
        #expect(
            rule.compare(now: [Measure("hits", 89)], baseline: before).first?.description
                == "hits went from 100 to 89 (-11%)")
    }
}
