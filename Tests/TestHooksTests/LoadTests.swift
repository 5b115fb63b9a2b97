import CanaryEngine
import HTTPMessages
import Testing

@testable import TestHooks

let context = TestContext(
    run: "r-7", idempotencyKey: "r-7/test-3", namespace: "demo", service: "shop", stable: "v1",
    candidate: "v2", weight: .least, phase: "test load",
    gateway: GatewayAddress(url: "http://gateway:8080/", host: "shop.example.com"),
    dark: DarkExample(headers: ["end-user": "jason"]))

@Suite struct LoadTests {
    private let clock = StandingClock()

    private func run(
        _ load: TestSpec.Load, _ gateway: any HTTPTransport, call: TestCall = TestCall("load"),
        in context: TestContext = context, by time: StandingClock? = nil
    ) async -> TestReport {
        await TestRunner(transport: gateway, spawner: ToldSpawner(), time: time ?? clock)
            .run(TestSpec("load", .http(load)), call: call, context: context)
    }

    @Test func measures() async {
        let gateway = KnownGateway(clock, takes: { .milliseconds($0 + 1) }) { _, _ in
            HTTPResponse(status: 200)
        }
        let report = await run(.init("/reviews", requests: 100), gateway)
        #expect(report.passed)
        #expect(
            report.sentence == "100 of 100 requests as expected, p50 50 ms, p99 99 ms")
        #expect(
            report.measures == [
                .init("p50", 50), .init("p90", 90), .init("p99", 99),
                .init("throughput", 100 / 5.05), .init("errors", 0),
            ])
        #expect(report.traffic == .unknown)
        let request = gateway.asked[0]
        #expect(request.url == "http://gateway:8080/reviews")
        #expect(request.headers["host"] == "shop.example.com")
        #expect(request.headers["end-user"] == nil)
        #expect(gateway.asked.count == 100)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var load: TestSpec.Load
        var statuses: [Int]
        var mark: String?
        var passed: Bool
        var sentence: String
        var traffic: OwnTraffic = .unknown
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(
            name: "an unexpected status", load: .init("/", requests: 3), statuses: [200, 404, 503],
            passed: false,
            sentence: "1 of 3 requests as expected, p50 10 ms, p99 10 ms; the first that was not:"
                + " status 404"),
        Case(
            name: "some errors are allowed", load: .init("/", requests: 3, maxErrors: 2),
            statuses: [200, 404, 503], passed: true,
            sentence: "1 of 3 requests as expected, p50 10 ms, p99 10 ms; the first that was not:"
                + " status 404"),
        Case(
            name: "what is expected", load: .init("/", expect: 404...404), statuses: [404],
            passed: true, sentence: "1 of 1 requests as expected, p50 10 ms, p99 10 ms"),
        Case(
            name: "no answer", load: .init("/"), statuses: [0], passed: false,
            sentence: "0 of 1 requests as expected; the first that was not: no answer in 10s"),
        Case(
            name: "dark, and the candidate answers",
            load: .init("/", requests: 3, expect: 200...503, dark: true),
            statuses: [200, 503, 200], mark: "r-7", passed: true,
            sentence: "3 of 3 requests as expected, p50 10 ms, p99 10 ms",
            traffic: .counted(candidate: 3, candidateErrors: 1, stable: 0, stableErrors: 0)),
        Case(
            name: "dark, and nobody answers", load: .init("/", requests: 2, dark: true),
            statuses: [200, 0], mark: "r-7", passed: false,
            sentence: "1 of 2 requests as expected, p50 10 ms, p99 10 ms; the first that was not:"
                + " no answer in 10s",
            traffic: .counted(candidate: 2, candidateErrors: 1, stable: 0, stableErrors: 0)),
        Case(
            name: "dark, and somebody else answers", load: .init("/", dark: true),
            statuses: [200], mark: "r-6", passed: false,
            sentence: "0 of 1 requests as expected, p50 10 ms, p99 10 ms; the first that was not:"
                + " the candidate did not answer it"),
        Case(
            name: "a header tells the versions",
            load: .init("/", requests: 4, versionHeader: "X-V"),
            statuses: [200, 200, 500, 200], passed: false,
            sentence: "3 of 4 requests as expected, p50 10 ms, p99 10 ms; the first that was not:"
                + " status 500",
            traffic: .counted(candidate: 2, candidateErrors: 0, stable: 2, stableErrors: 1)),
    ])
    func judges(_ story: Case) async {
        let gateway = KnownGateway(clock) { number, request throws(HTTPFailure) in
            #expect((request.headers["end-user"] == "jason") == story.load.dark)
            if story.statuses[number] == 0 { throw .plain(.timedOut) }
            var response = HTTPResponse(status: story.statuses[number])
            response.headers["theseus-run"] = story.mark
            response.headers["x-v"] = number.isMultiple(of: 2) ? "v1" : "v2"
            return response
        }
        let report = await run(story.load, gateway)
        #expect(report.passed == story.passed)
        #expect(report.sentence == story.sentence)
        #expect(report.traffic == story.traffic)
    }

    @Test func keepsToTheConcurrency() async {
        let flight = Flight()
        let report = await run(.init("/", requests: 40, concurrency: 7), flight)
        #expect(report.passed)
        #expect(await flight.most == 7)
    }

    /// Counts requests under way; each leaves when as many are there as it takes, or at the end.
    actor Flight: HTTPTransport {
        private var seen = 0
        private var inside = 0
        private(set) var most = 0
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            await withCheckedContinuation { continuation in
                seen += 1
                inside += 1
                most = max(most, inside)
                waiting.append(continuation)
                // Only when nobody else can come: seven are in, or all forty have been.
                while !waiting.isEmpty, inside >= 7 || seen == 40 {
                    waiting.removeFirst().resume()
                    inside -= 1
                }
            }
            return HTTPResponse(status: 200)
        }
    }

    @Test func carriesTheOrdersIdentity() async {
        let gateway = KnownGateway(clock) { _, _ in HTTPResponse(status: 201) }
        _ = await run(.init("http://hook/x", method: "POST", requests: 2), gateway)
        #expect(gateway.asked.map(\.url) == ["http://hook/x", "http://hook/x"])
        #expect(
            gateway.asked.map { $0.headers["idempotency-key"] }
                == ["r-7/test-3-0", "r-7/test-3-1"])
        #expect(gateway.asked[0].headers["host"] == nil)
    }

    @Test func isCalledOffAtOnce() async {
        let report = await withTaskGroup(of: TestReport.self) { group in
            group.addTask {
                await TestRunner(
                    transport: SilentGateway(), spawner: ToldSpawner(), time: StandingClock()
                ).run(
                    TestSpec("load", .http(.init("/"))), call: TestCall("load"), context: context)
            }
            group.cancelAll()
            return await group.next()
        }
        #expect(
            report == TestReport(passed: false, sentence: "called off", traffic: .unknown))
    }

    @Test func endsInTime() async {
        let report = await run(
            .init("/"), SilentGateway(), call: TestCall("load", timeout: .seconds(5)),
            by: StandingClock(sleepers: .move))
        #expect(
            report
                == TestReport(
                    passed: false, sentence: "no end within 5s", traffic: .unknown,
                    duration: .seconds(5)))
    }

    @Test func comparesWithTheBaseline() async {
        let gateway = KnownGateway(clock) { _, _ in HTTPResponse(status: 200) }
        let call = TestCall("load", baseline: .compare)
        var context = context
        let without = await run(.init("/"), gateway, call: call, in: context)
        #expect(!without.passed)
        #expect(
            without.sentence
                == "no baseline was recorded to compare with"
                + " (1 of 1 requests as expected, p50 10 ms, p99 10 ms)")
        context.baseline = [Measure("p99", 9.5), Measure("throughput", 100)]
        #expect(await run(.init("/"), gateway, call: call, in: context).passed)
        context.baseline = [Measure("p99", 5)]
        let slower = await run(.init("/"), gateway, call: call, in: context)
        #expect(!slower.passed)
        #expect(slower.sentence == "p99 went from 5 to 10 (+100%)")
    }

    @Test func saysWhatTheFlowLacks() async {
        var context = context
        context.dark = nil
        let gateway = KnownGateway(clock) { _, _ in HTTPResponse(status: 200) }
        let dark = await run(.init("/", dark: true), gateway, in: context)
        #expect(
            dark
                == TestReport(
                    passed: false, sentence: "the test asks for the dark match, and there is none"))
        context.gateway = nil
        let inside = await run(.init("/"), gateway, in: context)
        #expect(
            inside
                == TestReport(
                    passed: false, sentence: "the test needs a way into the mesh"))
        #expect(gateway.asked.isEmpty)
    }
}
