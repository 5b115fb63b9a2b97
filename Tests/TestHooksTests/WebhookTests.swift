import CanaryEngine
import Digests
import HTTPMessages
import JSONTree
import Processes
import Secrets
import Synchronization
import Testing

@testable import TestHooks

@Suite struct WebhookTests {
    private static let secret = "s3cr3t-of-the-team"
    private let clock = StandingClock(sleepers: .moveBelow(.seconds(30)))

    private func run(
        _ hook: TestSpec.Webhook, _ gateway: KnownGateway, timeout: Duration = .seconds(60)
    ) async -> TestReport {
        await TestRunner(
            TestDoors(
                transport: gateway, spawner: ToldSpawner(), time: clock,
                environment: [.init(name: "QA_KEY", value: Self.secret)],
                keeper: SecretKeeper(
                    environment: [.init(name: "QA_KEY", value: Self.secret)],
                    spawner: ToldSpawner(), time: clock
                ) { path in
                    guard path == "/repo/token" else { throw CancellationError() }
                    return Array("bearer-9876\n".utf8)
                })
        ).run(
            TestSpec("contract", .webhook(hook)), call: TestCall("contract", timeout: timeout),
            context: context)
    }

    private func gateway(_ answers: HTTPResponse...) -> KnownGateway {
        KnownGateway(clock) { number, _ in answers[min(number, answers.count - 1)] }
    }

    @Test func postsTheContextSigned() async throws {
        let gateway = gateway(HTTPResponse(status: 204))
        let hook = TestSpec.Webhook(
            "https://qa.example.com/run", signature: .environment("QA_KEY"),
            bearer: .file("/repo/token"))
        let report = await run(hook, gateway)
        #expect(report.passed)
        #expect(report.sentence == "status 204")
        #expect(report.traffic == .unknown)
        let request = try #require(gateway.asked.first)
        #expect(request.method == "POST")
        #expect(request.sparesInnerAddresses)
        #expect(request.headers["idempotency-key"] == "r-7/test-3")
        #expect(request.headers["authorization"] == "Bearer bearer-9876")
        let body = try #require(request.body.bytes)
        #expect(try JSONReader.tree(of: body)["candidate"] == "v2")
        let signed = HMACSHA256.hex(
            key: Array(Self.secret.utf8), message: Array("0.".utf8) + body)
        #expect(request.headers["theseus-signature"] == "t=0,v1=\(signed)")
    }

    @Test func asksAtTheLocationUntilTheEnd() async {
        let begun = HTTPResponse(status: 202, headers: ["Location": "/runs/7"])
        let gateway = KnownGateway(clock) { number, _ throws(HTTPFailure) in
            switch number {
            case 0, 1: return begun
            case 2: throw .plain(.reset)
            case 3: return HTTPResponse(status: 503, headers: ["Retry-After": "7"])
            default:
                return HTTPResponse(
                    status: 200,
                    body: .text(
                        #"{"sentence": "40 contracts hold", "numbers": {"contracts": 40, "#
                            + #""candidateRequests": 12}}"#))
            }
        }
        let report = await run(.init("https://qa.example.com:8443/run?a=b"), gateway)
        #expect(report.passed)
        #expect(report.sentence == "40 contracts hold")
        #expect(report.measures == [.init("contracts", 40)])
        #expect(
            report.traffic
                == .counted(candidate: 12, candidateErrors: 0, stable: 0, stableErrors: 0))
        #expect(gateway.asked.map(\.method) == ["POST", "GET", "GET", "GET", "GET"])
        #expect(gateway.asked.last?.url == "https://qa.example.com:8443/runs/7")
        // Three waits of two seconds, one of seven.
        #expect(report.duration >= .seconds(13))
    }

    @Test func aLongTestHasItsTime() async {
        let report = await run(
            .init("https://qa.example.com/run"),
            gateway(HTTPResponse(status: 202, headers: ["Location": "/runs/7"])))
        #expect(!report.passed)
        #expect(report.sentence == "no end within 60s")
    }

    @Test(arguments: [
        (HTTPResponse(status: 500), "status 500"),
        (HTTPResponse(status: 302, headers: ["Location": "/elsewhere"]), "status 302"),
        (
            HTTPResponse(status: 202, headers: ["Location": "https://evil.example.com/"]),
            "202, and its Location is elsewhere"
        ),
        (
            HTTPResponse(status: 422, body: .text(#"{"sentence": "got s3cr3t-of-the-team"}"#)),
            "status 422: got ***"
        ),
        (
            HTTPResponse(status: 200, body: .text(#"{"numbers": {"a": "b"}}"#)),
            "its numbers cannot be understood"
        ),
        (
            HTTPResponse(status: 200, body: .bytes([UInt8](repeating: 0x20, count: 1 << 17))),
            "status 200, and its answer is too large"
        ),
    ])
    func fails(_ answer: HTTPResponse, _ sentence: String) async {
        let hook = TestSpec.Webhook(
            "https://qa.example.com/run", signature: .environment("QA_KEY"))
        let report = await run(hook, gateway(answer))
        #expect(!report.passed)
        #expect(report.sentence == sentence)
    }

    @Test func saysWhoDidNotAnswer() async {
        let gateway = KnownGateway(clock) { _, _ throws(HTTPFailure) in
            throw HTTPFailure(.refused, reached: .never, place: "here")
        }
        let report = await run(.init("https://qa.example.com:8443/a-token?b"), gateway)
        #expect(report.sentence == "https://qa.example.com:8443: nobody listens there")
        #expect(report.traffic == .none)
    }

    @Test func saysWhichSecretIsMissing() async {
        let gateway = gateway(HTTPResponse(status: 200))
        let unset = await run(
            .init("https://qa.example.com/", signature: .environment("NO_KEY")), gateway)
        #expect(
            unset.sentence == "a secret is not to be had: the variable with the secret is not set"
                + " (the variable NO_KEY)")
        let unread = await run(
            .init("https://qa.example.com/", bearer: .file("/no/file")), gateway)
        #expect(
            unread.sentence == "a secret is not to be had: the file with the secret cannot be read"
                + " (the file /no/file)")
        #expect(gateway.asked.isEmpty)
    }

    @Test(arguments: [
        ("/a", "https://h:1/x", "https://h:1/a" as String?), ("//evil/a", "https://h:1/x", nil),
        ("https://h:1/b?c", "https://h:1/x", "https://h:1/b?c"),
        ("https://h:12/b", "https://h:1/x", nil), ("https://h:1.evil/b", "https://h:1/x", nil),
        ("http://h:1/b", "https://h:1/x", nil), ("https://h/b", "https://h", "https://h/b"),
        ("/a b", "https://h", nil), ("https://h@evil/", "https://h/", nil),
    ])
    func knowsItsServer(_ location: String, _ url: String, _ wanted: String?) {
        #expect(WebhookTest.url(of: location, from: url) == wanted)
    }

    @Test(
        arguments: [
            ([169, 254, 169, 254], true), ([169, 253, 1, 1], false), ([127, 0, 0, 1], false),
            ([10, 0, 0, 1], false), ([100, 100, 100, 200], true), ([168, 63, 129, 16], true),
            ([192, 0, 0, 192], true), ([100, 100, 100, 201], false),
            ([0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], true),
            ([0xFE, 0xBF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], true),
            ([0xFD, 0, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54], true),
            ([0xFD, 0x20, 0, 0xCE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54], true),
            ([0xFD, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 169, 254, 169, 254], true),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1], false),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 169, 254, 0, 1], true),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false),
            ([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, 169, 254, 0, 1], true),
            ([0x20, 0x02, 169, 254, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], true),
            ([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false), ([], true),
        ] as [([UInt8], Bool)])
    func knowsInnerAddresses(_ bytes: [UInt8], _ isForbidden: Bool) {
        #expect(NetworkAddress(bytes).isForbidden == isForbidden)
    }
}
