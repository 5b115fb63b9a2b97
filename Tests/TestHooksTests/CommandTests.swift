import CanaryEngine
import JSONTree
import Processes
import Synchronization
import Testing

@testable import TestHooks

/// Runs nothing, and ends as it is told.
final class ToldSpawner: ProcessSpawner, Sendable {
    private let log = Mutex<[ProcessJob]>([])
    private let ending: @Sendable (ProcessJob) throws(ProcessFailure) -> ProcessEnd

    init(_ ending: @escaping @Sendable (ProcessJob) throws(ProcessFailure) -> ProcessEnd) {
        self.ending = ending
    }

    convenience init(exit: ProcessEnd.Exit = .code(0), _ output: String = "", dropped: Int = 0) {
        self.init { _ in
            ProcessEnd(
                exit: exit, output: Array(output.utf8), dropped: dropped, duration: .seconds(1))
        }
    }

    var jobs: [ProcessJob] { log.withLock { $0 } }

    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        log.withLock { $0.append(job) }
        return try ending(job)
    }
}

@Suite struct CommandTests {
    private static let token = "tok-3f9a6b7c8d"

    private static let environment: [ProcessJob.Variable] = [
        .init(name: "HOME", value: "/home/ci"), .init(name: "STAGE", value: "test"),
        .init(name: "SHOP_TOKEN", value: token), .init(name: "PATH", value: "/opt/bin:/bin"),
        .init(name: "JENKINS_URL", value: "http://ci"), .init(name: "LANG", value: "C.UTF-8"),
        .init(name: "DATABASE", value: "postgres://shop:p4ss-w0rd@db/shop"),
        .init(name: "THESEUS_RUN", value: "somebody else's"),
        .init(name: "AWS_SECRET_ACCESS_KEY", value: "line-one-x\nline-two-x"),
    ]

    private func run(
        _ spawner: ToldSpawner, _ command: TestSpec.Command = .init(["./smoke.sh", "-v"]),
        call: TestCall = TestCall("smoke", timeout: .seconds(90)), baseline: [Measure]? = nil
    ) async -> TestReport {
        let clock = StandingClock()
        var context = context
        context.baseline = baseline
        return await TestRunner(
            transport: SilentGateway(), spawner: spawner, time: clock,
            environment: Self.environment
        ).run(TestSpec("smoke", .command(command)), call: call, context: context)
    }

    @Test func givesTheEnvironmentThatIsAllowedAndNoOther() async throws {
        let spawner = ToldSpawner()
        _ = await run(
            spawner,
            .init(["./smoke.sh", "-v"], environment: ["STAGE", "SHOP_TOKEN"], folder: "shop"))
        let job = try #require(spawner.jobs.first)
        #expect(job.arguments == ["./smoke.sh", "-v"])
        #expect(job.folder == "shop")
        #expect(job.timeLimit == .seconds(90))
        #expect(
            job.environment.map { "\($0.name)=\($0.value)" } == [
                "HOME=/home/ci", "PATH=/opt/bin:/bin", "LANG=C.UTF-8", "STAGE=test",
                "SHOP_TOKEN=\(Self.token)", "THESEUS_RUN=r-7",
                "THESEUS_IDEMPOTENCY_KEY=r-7/test-3", "THESEUS_NAMESPACE=demo",
                "THESEUS_SERVICE=shop", "THESEUS_STABLE=v1", "THESEUS_CANDIDATE=v2",
                "THESEUS_WEIGHT=1", "THESEUS_PHASE=test load",
                "GATEWAY_URL=http://gateway:8080", "THESEUS_GATEWAY_HOST=shop.example.com",
                "THESEUS_DARK_HEADERS=end-user: jason",
            ])
    }

    @Test func tellsTheContextOnStandardInput() async throws {
        let spawner = ToldSpawner()
        _ = await run(spawner, baseline: [Measure("p99", 12.5)])
        let input = try #require(spawner.jobs.first?.input)
        #expect(
            String(decoding: input, as: UTF8.self)
                == #"{"apiVersion":"theseus.dev/v1","kind":"TestContext","run":"r-7","#
                + #""idempotencyKey":"r-7/test-3","namespace":"demo","service":"shop","#
                + #""stable":"v1","candidate":"v2","weight":1,"phase":"test load","#
                + #""gateway":{"url":"http://gateway:8080","host":"shop.example.com"},"#
                + #""dark":{"headers":{"end-user":"jason"}},"baseline":{"p99":12.5}}"# + "\n")
    }

    struct Ending: Sendable {
        var exit: ProcessEnd.Exit = .code(0)
        var output = ""
        var dropped = 0
        var sentence: String
        var measures: [Measure] = []
    }

    @Test(arguments: [
        Ending(sentence: "exit 0"), Ending(output: "one\ntwo\n\n  \n", sentence: "two"),
        Ending(exit: .code(3), output: "one\ntwo", sentence: "exit 3: two"),
        Ending(exit: .code(3), sentence: "exit 3"),
        Ending(exit: .signal(9), output: "x", sentence: "killed by signal 9: x"),
        Ending(exit: .timeLimit, output: "still here", sentence: "no end within 90s: still here"),
        Ending(
            output: "all good\n{\"p99\": 12.5, \"found\": 3}\n", sentence: "all good",
            measures: [.init("p99", 12.5), .init("found", 3)]),
        Ending(output: "{\"p99\": 1}", sentence: "exit 0", measures: [.init("p99", 1)]),
        Ending(output: "{\"p99\": \"1\"}", sentence: "{\"p99\": \"1\"}"),
        Ending(output: "{}", sentence: "{}"),
        Ending(output: "{\"p99\": 1", sentence: "{\"p99\": 1"),
        // A test that failed gives no numbers to compare.
        Ending(exit: .code(1), output: "{\"p99\": 1}", sentence: "exit 1"),
        Ending(output: "\u{1B}[31mred\u{1B}[0m\u{7}\tok\r", sentence: "red ok"),
        Ending(
            output: String(repeating: "x", count: 300),
            sentence: String(repeating: "x", count: 200) + "…"),
        // Of cut output only whole lines of the end are read.
        Ending(output: "begin\nmiddle\nlonger than before\nend", dropped: 9, sentence: "end"),
        Ending(output: "begin\nall one line", dropped: 9, sentence: "exit 0"),
    ])
    func readsTheEnd(_ table: Ending) async {
        let report = await run(
            ToldSpawner(exit: table.exit, table.output, dropped: table.dropped))
        #expect(report.passed == (table.exit == .code(0)))
        #expect(report.sentence == table.sentence)
        #expect(report.measures == table.measures)
        #expect(report.traffic == .unknown)
    }

    /// S20: a planted token is searched for in whatever comes out.
    @Test(arguments: [
        (token, "***"), ("got \(token)!", "got ***!"), ("\(token)\(token)", "******"),
        ("to postgres://shop:p4ss-w0rd@db/shop", "to ***"), ("p4ss-w0rd is wrong", "*** is wrong"),
        ("line-two-x", "***"), ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("curl -H 'x-auth-token: zzz'", "curl -H 'x-auth-token: ***"),
        ("password=zzz ok", "password=*** ok"),
        ("\"secret\": \"zzz\"", "\"secret\": ***"),
        ("200 OK http://shop/x", "200 OK http://shop/x"),
        ("basic zzz", "basic ***"), ("stage test ok", "stage test ok"),
        ("pull \"https://mia:hunter4@git/x\" now", "pull \"https://mia:***@git/x\" now"),
        ("a://u:p@h b://v:q@i", "a://u:***@h b://v:***@i"), ("ssh://git@h/x", "ssh://git@h/x"),
        ("https://0123456789abcdefghij@git/x", "https://***@git/x"), ("x://", "x://"),
        ("\u{1B}[1m\(token)\u{1B}[0m", "***"), ("tok-3f9a\u{1B}[0m6b7c8d", "***"),
    ])
    func repeatsNoSecrets(_ line: String, _ clean: String) async {
        let command = TestSpec.Command(["x"], environment: ["SHOP_TOKEN", "DATABASE", "STAGE"])
        for exit in [ProcessEnd.Exit.code(0), .code(1)] {
            let report = await run(ToldSpawner(exit: exit, "first\n\(line)\n"), command)
            #expect(report.sentence == (exit == .code(0) ? clean : "exit 1: \(clean)"))
            #expect(!"\(report)".contains(Self.token))
            #expect(!"\(report)".contains("p4ss-w0rd"))
        }
    }

    @Test(arguments: [
        (ProcessFailure.Code.notFound, "smoke.sh: there is no such program (of *** no trace)"),
        (.guardLost, "smoke.sh: the program's guard was lost (of *** no trace)"),
        (.cancelled, "called off"),
    ])
    func saysWhyItDidNotRun(_ code: ProcessFailure.Code, _ sentence: String) async {
        let spawner = ToldSpawner { _ throws(ProcessFailure) in
            throw ProcessFailure(code, place: "smoke.sh", detail: "of \(Self.token) no trace")
        }
        let report = await run(spawner)
        #expect(report == TestReport(passed: false, sentence: sentence, traffic: .unknown))
    }

    @Test func aCommandThatSendsNothingLeavesNothingOut() async {
        let report = await run(ToldSpawner(), .init(["x"], sendsRequests: false))
        #expect(report.traffic == .none)
    }

    @Test func comparesItsNumbers() async {
        let call = TestCall("smoke", baseline: .compare)
        let spawner = ToldSpawner("{\"p99\": 15}")
        #expect(await run(spawner, call: call, baseline: [.init("p99", 13)]).passed)
        let slower = await run(spawner, call: call, baseline: [.init("p99", 10)])
        #expect(slower.sentence == "p99 went from 10 to 15 (+50%)")
        let none = await run(ToldSpawner("fine"), call: TestCall("smoke", baseline: .record))
        #expect(none.sentence == "gives no numbers to record as a baseline (fine)")
        #expect(!none.passed)
    }
}
