import CanaryEngine
import Processes
import Secrets
import Testing

@testable import TestHooks

/// What programs say of their parts.
@Suite struct ResultTests {
    private static let none = Redaction(known: [], given: [])

    private func run(
        _ format: TestSpec.Results.Format, _ text: String?, exit: ProcessEnd.Exit = .code(0),
        output: String = "", by redaction: [ProcessJob.Variable] = []
    ) async -> TestReport {
        let spawner = ToldSpawner { _ in
            ProcessEnd(
                exit: exit, output: Array(output.utf8), dropped: 0, duration: .seconds(1),
                result: text.map { .bytes(Array($0.utf8)) })
        }
        return await TestRunner(
            transport: SilentGateway(), spawner: spawner, time: StandingClock(),
            environment: redaction
        ).run(
            TestSpec(
                "unit",
                .command(.init(["./unit"], results: .init(format, .file("/repo/out/unit.xml"))))),
            call: TestCall("unit"), context: context)
    }

    private static let suites = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- made by a tool -->
        <testsuites tests="4"><testsuite name="shop">
          <testcase classname="Cart" name="adds"/>
          <testcase classname="Cart" name="pays &amp; ships" time="0.1">
            <failure message="expected &lt;200&gt;, got 503" type="x">at Cart:7</failure>
            <system-out><![CDATA[ <noise> ]]></system-out>
          </testcase>
          <testcase name="waits"><skipped/></testcase>
          <testcase name="breaks"><error>
            no such host
            at line 3</error></testcase>
        </testsuite></testsuites>
        """

    @Test func readsJUnit() async {
        let report = await run(.junit, Self.suites)
        #expect(!report.passed)
        #expect(
            report.sentence
                == "2 of 4 cases failed, 1 skipped: Cart pays & ships: expected <200>, got 503")
        #expect(
            report.cases
                == CaseList(
                    passed: 1, failed: 2, skipped: 1,
                    told: [
                        .init("Cart pays & ships", .failed, detail: "expected <200>, got 503"),
                        .init("breaks", .failed, detail: "no such host"),
                        .init("waits", .skipped), .init("Cart adds", .passed),
                    ]))
    }

    @Test func readsTAP() async {
        let report = await run(
            .tap,
            """
            TAP version 14
            1..5
            ok 1 - opens
            # a word
                ok 1 - a part of it
            not ok 2 - closes
              ---
              severity: fail
              ...
            ok 3 - locks # SKIP no key
            not ok 4 later # TODO not yet
            ok
            """)
        #expect(report.sentence == "1 of 5 cases failed, 2 skipped: closes")
        #expect(
            report.cases?.told == [
                .init("closes", .failed), .init("locks", .skipped, detail: "no key"),
                .init("later", .skipped, detail: "not yet"), .init("opens", .passed),
                .init("case 5", .passed),
            ])
    }

    @Test func readsNumbers() async {
        let report = await run(
            .numbers, "{\"p99\": 12.5,\n \"candidateRequests\": 20, \"candidateErrors\": 1}",
            output: "fine")
        #expect(report.passed)
        #expect(report.sentence == "fine")
        #expect(report.measures == [.init("p99", 12.5)])
        #expect(
            report.traffic
                == .counted(candidate: 20, candidateErrors: 1, stable: 0, stableErrors: 0))
    }

    @Test func allThatPassedIsTold() async {
        let report = await run(
            .junit, "<testsuite><testcase name='a'/><testcase name='b'/></testsuite>")
        #expect(report.passed)
        #expect(report.sentence == "2 of 2 cases passed")
    }

    /// A program that fails has failed, whatever its results say.
    @Test func theExitCounts() async {
        let report = await run(
            .junit, "<testsuite><testcase name='a'/></testsuite>", exit: .code(2),
            output: "no space left")
        #expect(!report.passed)
        #expect(report.sentence == "exit 2: no space left")
        #expect(report.cases?.passed == 1)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var format: TestSpec.Results.Format
        var text: String?
        var sentence: String
        var testDescription: String { sentence }
    }

    private static let mute = "its results cannot be understood: "

    @Test(arguments: [
        Bad(format: .junit, text: nil, sentence: "it wrote no results to unit.xml"),
        Bad(format: .junit, text: "", sentence: mute + "line 1: the document ends early"),
        Bad(format: .junit, text: "<a/>", sentence: mute + "their root is a, not testsuites"),
        Bad(format: .junit, text: "<testsuite/>", sentence: mute + "there is no case in them"),
        Bad(
            format: .junit, text: "<testsuite><testcase name='a'/>",
            sentence: mute + "line 1: the document ends early"),
        Bad(
            format: .junit, text: "<!DOCTYPE a [<!ENTITY b \"c\">]>\n<testsuite/>",
            sentence: mute + "line 1: a document type is not allowed"),
        Bad(
            format: .junit, text: "<testsuite>\n<testcase name=\"&b;\"/></testsuite>",
            sentence: mute + "line 2: an unknown entity"),
        Bad(
            format: .junit, text: "<testsuite></testcase>",
            sentence: mute + "line 1: a tag that closes another"),
        Bad(
            format: .junit, text: String(repeating: "<testsuite>", count: 70),
            sentence: mute + "line 1: elements lie too deep in each other"),
        Bad(
            format: .tap, text: "ok 1\n",
            sentence: mute + "no plan (1..N) says how many cases there are"),
        Bad(
            format: .tap, text: "1..3\nok 1\n",
            sentence: mute + "3 cases were planned, and 1 came"),
        Bad(format: .tap, text: "1..0\n", sentence: mute + "there is no case in them"),
        Bad(
            format: .tap, text: "1..2\nok 1\nBail out! no disk",
            sentence: mute + "it bailed out: no disk"),
        Bad(
            format: .numbers, text: "{\"a\": \"1\"}",
            sentence: mute + "there is no JSON object of 1 to 50 numbers"),
    ])
    func failsClosed(_ bad: Bad) async {
        let report = await run(bad.format, bad.text)
        #expect(!report.passed)
        #expect(report.sentence == bad.sentence)
    }

    /// S20: in cases, details, output and sentence.
    @Test func repeatsNoSecrets() async {
        let token = "tok-3f9a6b7c8d"
        let report = await run(
            .junit,
            "<testsuite><testcase name='a \(token)'><failure message='got \(token)'/></testcase>"
                + "</testsuite>", output: "one \(token)\ntwo",
            by: [.init(name: "SHOP_TOKEN", value: token)])
        #expect(!"\(report)".contains(token))
        #expect(report.output == "one ***\ntwo")
    }

    @Test func keepsTheEndOfMuchOutput() async {
        let lines = (0..<1000).map { "this is the line \($0)" }.joined(separator: "\n")
        let good = await run(.tap, "1..1\nok 1", output: lines)
        #expect(good.output.utf8.count <= 1030)
        #expect(good.output.hasPrefix("…\nthis is the line "))
        #expect(good.output.hasSuffix("line 999"))
        let bad = await run(.tap, "1..1\nnot ok 1", output: lines)
        #expect((2000..<4100).contains(bad.output.utf8.count))
    }

    /// Damaged XML ends in an event or an error, never in a trap or a loop.
    @Test(arguments: UInt64(0)..<300)
    func survivesDamage(seed: UInt64) {
        var bytes = Array(Self.suites.utf8)
        var dice = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func roll(_ count: Int) -> Int {
            dice ^= dice << 13
            dice ^= dice >> 7
            dice ^= dice << 17
            return Int(dice % UInt64(count))
        }
        for _ in 0...roll(4) {
            switch roll(3) {
            case 0: bytes.remove(at: roll(bytes.count))
            case 1: bytes[roll(bytes.count)] = UInt8(roll(256))
            default: bytes.removeLast(min(bytes.count - 1, roll(200)))
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? JUnitReading.cases(in: text, Self.none)
        _ = try? TAPReading.cases(in: text, Self.none)
    }
}
