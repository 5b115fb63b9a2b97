import CanaryEngine
import HTTPMessages
import JSONTree
import Secrets
import TestHooks
import Testing

@testable import FlowFiles

/// A flow that has every key that a test may have.
@Suite struct TestKeyTests {
    private static let tests = """
            load:
              http:
                path: /a
                method: POST
                body: hello
                for: 30s
                rate: 20
                expect:
                  status: 201
                  headers: {content-type: json}
                  json: {"$.items[0].id": 7, $.ok: true}
                  body: ready
                headers: {x-count: 5}
                dark: true
                maxErrors: 2
                versionHeader: x-version
                patience: 3s
              tolerance: {p99: 20%, throughput: -10%}
              timeout: 1m
              every: 45s
              retries: {times: 4, wait: 2s, longestWait: 30s, within: 10m}
            many: {http: {path: /a, requests: 9, concurrency: 3}, higherIsBetter: [hits]}
            unit:
              command: [bin/unit, fast]
              env: [TOKEN]
              limits: {memory: 512Mi, processorTime: 2m}
              results: {junit: out/unit.xml}
              repeat: once
            tap: {shell: "prove -v t", results: {tap: stdout}, requests: none, repeat: safe}
            numbers: {shell: "bench", results: {numbers: out.json}, retries: 2}
            contract:
              webhook:
                url: https://qa.example.com/run
                signature: {env: QA_KEY}
                bearer: {file: secrets/qa}
                anyAddress: true
                poll: 5s
                patience: 20s
            near: {webhook: {url: "http://127.0.0.1:8080/x"}}
            inside: {webhook: {url: "http://qa.svc/x", plain: true}}
            queue: {tcp: {host: mq.example.com, port: 5671, tls: true, send: "A", expect: "B"}}
            box: {ssh: {host: box.example.com, command: check, user: qa, port: 2222,
                        identity: keys/id, knownHosts: keys/known}, env: [SSH_AUTH_SOCK]}
            batch: {job: {manifest: jobs/a.yaml, container: test}}
        """

    private static let job = """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: contract}
        spec:
          template: {spec: {containers: [{name: test, image: a}]}}

        """

    private static func files(_ tests: String) -> Files {
        var files = Files.with("  tests:\n", "  tests:\n" + tests + "\n")
        files.programs["/repo/bin/unit"] = .runs
        files.texts["jobs/a.yaml"] = job
        files.texts["jobs/b.yaml"] = job + "---\n" + job
        files.texts["jobs/c.yaml"] = job.replacing("spec:\n", with: "spec:\n  completions: 2\n")
        return files
    }

    private static func member(_ path: String, _ value: JSONTree)
        -> TestSpec.ExpectedAnswer.Member?
    {
        JSONPath(path).map { .init($0, value) }
    }

    private static let load = TestSpec.Load(
        "/a", method: "POST", body: "hello", duration: .seconds(30), rate: 20, concurrency: 20,
        expect: 201...201,
        answer: .init(
            headers: ["content-type": "json"],
            members: [member("$.items[0].id", 7), member("$.ok", true)].compactMap { $0 },
            text: "ready"),
        headers: ["x-count": "5"], dark: true, maxErrors: 2, versionHeader: "x-version",
        patience: .seconds(3))

    private static let wanted: [TestSpec] = [
        TestSpec(
            "load", .http(load),
            tolerances: [.init("p99", 0.2), .init("throughput", -0.1)]),
        TestSpec(
            "many", .http(.init("/a", requests: 9, concurrency: 3)), higherIsBetter: ["hits"]),
        TestSpec(
            "unit",
            .command(
                .init(
                    ["/repo/bin/unit", "fast"], environment: ["TOKEN"], memory: 512 << 20,
                    processorTime: .seconds(120),
                    results: .init(.junit, .file("/repo/out/unit.xml"))))),
        TestSpec(
            "tap",
            .command(
                .init(
                    ["/bin/sh", "-c", "prove -v t"], sendsRequests: false,
                    results: .init(.tap, .output)))),
        TestSpec(
            "numbers",
            .command(
                .init(
                    ["/bin/sh", "-c", "bench"],
                    results: .init(.numbers, .file("/repo/out.json"))))),
        TestSpec(
            "contract",
            .webhook(
                .init(
                    "https://qa.example.com/run", signature: .environment("QA_KEY"),
                    bearer: .file("/repo/secrets/qa"), meetsAnyAddress: true, poll: .seconds(5),
                    patience: .seconds(20)))),
        TestSpec("near", .webhook(.init("http://127.0.0.1:8080/x"))),
        TestSpec("inside", .webhook(.init("http://qa.svc/x"))),
        TestSpec(
            "queue",
            .tcp(.init("mq.example.com", port: 5671, isSecure: true, say: "A", hear: "B"))),
        TestSpec(
            "box",
            .ssh(
                .init(
                    "box.example.com", "check", user: "qa", port: 2222,
                    identity: "/repo/keys/id", knownHosts: "/repo/keys/known",
                    environment: ["SSH_AUTH_SOCK"]))),
    ]

    @Test func readsThem() throws {
        let flow = try Self.files(Self.tests).load().flow
        for wanted in Self.wanted {
            #expect(flow.tests.first { $0.name == wanted.name } == wanted)
        }
    }

    @Test func readsHowTheyAreCalled() throws {
        var files = Self.files(Self.tests)
        files.texts["reviews.yaml"]?.replace("- test: smoke\n", with: "- test: load\n")
        let flow = try files.load().flow
        let call = TestCall(
            "load", timeout: .seconds(60), attempts: 5, wait: .seconds(2),
            longestWait: .seconds(30), budget: .seconds(600), every: .seconds(45))
        #expect(flow.plan.steps.contains(.test(call)))
    }

    /// Whoever adds a key must show above what becomes of it.
    @Test func hasEveryKey() {
        let parts = [
            FlowKeys.test, FlowKeys.http, FlowKeys.answer, FlowKeys.testLimits, FlowKeys.results,
            FlowKeys.retries, FlowKeys.webhook, FlowKeys.secret, FlowKeys.tcpTalk, FlowKeys.ssh,
            FlowKeys.job,
        ]
        for key in parts.flatMap(\.keys) {
            #expect(Self.tests.contains("\(key.name):"), "\(key.name)")
            #expect(key.summary.hasSuffix("."), "\(key.name)")
        }
    }

    @Test func readsAJob() throws {
        let test = try #require(
            Self.files(Self.tests).load().flow.tests.first { $0.name == "batch" })
        guard case .job(let job) = test.kind else {
            Issue.record("no Job but \(test)")
            return
        }
        #expect(job.container == "test")
        #expect(job.manifest.at("metadata", "name") == "contract")
    }

    @Test(arguments: [
        ("{manifest: jobs/x.yaml}", "missing file: jobs/x.yaml"),
        ("{manifest: jobs/b.yaml}", "jobs/b.yaml must hold one Job of batch/v1"),
        ("{manifest: jobs/c.yaml}", "the Job in jobs/c.yaml has completions other than 1"),
        ("{manifest: jobs/a.yaml, container: tset}", "unknown container \"tset\""),
    ])
    func tellsWhatIsNoJob(_ job: String, _ words: String) throws {
        let complaint = try #require(Self.files("    new: {job: \(job)}").complaint())
        #expect(complaint.hasPrefix("flow: \(words)\n"), "\(complaint)")
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var test: String
        var words: String
        var testDescription: String { test }
    }

    @Test(arguments: [
        Bad(
            test: "{shell: x, limits: {memory: 512}}",
            words: """
                flow: "memory" must be a size, found "512"
                  where: reviews.yaml:17:38 (spec.tests.new.limits.memory)
                  do:    write for example 512Mi or 2Gi
                """),
        Bad(
            test: "{http: {path: /a}, results: {tap: stdout}}",
            words: """
                flow: an http test has no results
                  where: reviews.yaml:17:29 (spec.tests.new.results)
                  do:    take results away
                """),
        Bad(
            test: "{webhook: {url: \"https://a/\"}, env: [A]}",
            words: """
                flow: a webhook test has no environment
                  where: reviews.yaml:17:41 (spec.tests.new.env)
                  do:    take env away
                """),
        Bad(
            test: "{webhook: {url: \"http://qa.example.com/\"}}",
            words: """
                flow: a webhook's address must be https
                  where: reviews.yaml:17:26 (spec.tests.new.webhook.url)
                  do:    write https://, or plain: true where nobody can listen in
                """),
        Bad(
            test: "{webhook: {url: \"http://127.0.0.1.example.com/\"}}",
            words: """
                flow: a webhook's address must be https
                  where: reviews.yaml:17:26 (spec.tests.new.webhook.url)
                  do:    write https://, or plain: true where nobody can listen in
                """),
        Bad(
            test: "{webhook: {url: \"https://a/\", signature: {}}}",
            words: """
                flow: "signature" has neither file nor env nor command
                  where: reviews.yaml:17:40 (spec.tests.new.webhook.signature)
                  do:    give exactly one of them
                """),
        Bad(
            test: "{ssh: {host: \"-oProxyCommand=x\", command: x}}",
            words: """
                flow: "host" must be a name or address of a machine, found "-oProxyCommand=x"
                  where: reviews.yaml:17:23 (spec.tests.new.ssh.host)
                  do:    write for example db.example.com
                """),
        Bad(
            test: "{http: {path: /a, requests: 3, for: 3s}}",
            words: """
                flow: test "new" has both requests and for
                  where: reviews.yaml:17:41 (spec.tests.new.http.for)
                  do:    say how many, or for how long
                """),
        Bad(
            test: "{http: {path: /a, expect: {json: {\"$.a[\": 1}}}}",
            words: """
                flow: "$.a[" is no path into JSON
                  where: reviews.yaml:17:44 (spec.tests.new.http.expect.json.$.a[)
                  do:    write for example $.items[0].name
                """),
        Bad(
            test: "{shell: x, results: {junit: a, tap: b}}",
            words: """
                flow: "results" has both junit and tap
                  where: reviews.yaml:17:21 (spec.tests.new.results)
                  do:    give exactly one of them
                """),
        Bad(
            test: "{shell: x, tolerance: {p99: 20}}",
            words: """
                flow: "p99" must be a percentage, with a minus where less is worse, found "20"
                  where: reviews.yaml:17:38 (spec.tests.new.tolerance.p99)
                  do:    write for example 20%, or -10% for a number that may fall so much
                """),
    ])
    func tells(_ bad: Bad) { #expect(Self.files("    new: \(bad.test)").complaint() == bad.words) }

    /// What tells must be sure to tell.
    @Test(arguments: [
        ("- notify: smoke\n", "\"notify\" tells at least once"),
        ("- tests: [smoke]\n", "and has no step of its own"),
        ("- tests: []\n", "step \"tests\" names no test"),
        ("- tests: [performance, performance]\n", "stands twice in one step"),
    ])
    func tellsWhatASeveralCannotBe(_ step: String, _ words: String) throws {
        var files = Files.with("- test: smoke\n", step)
        files.texts["reviews.yaml"]?.replace("timeout: 5m", with: "repeat: once")
        files.texts["reviews.yaml"]?.replace("tests: [smoke]}", with: "tests: [performance]}")
        #expect(try #require(files.complaint()).contains(words))
    }

    @Test func tellsWhatHookMayNotRunOnce() throws {
        let files = Files.with("timeout: 5m", "repeat: once")
        var text = try #require(files.texts["reviews.yaml"])
        text.replace("tests: [smoke]}", with: "tests: [performance]}")
        text.replace("  gates:\n", with: "  hooks: {rolledBack: [smoke]}\n  gates:\n")
        var hooked = files
        hooked.texts["reviews.yaml"] = text
        #expect(
            hooked.complaint()?.contains("\"rolledBack\" tells at least once") == true)
    }

    /// Before the backup and after all is tidied up.
    @Test(arguments: ["start", "promoted", "rolledBack", "personNeeded", "beforeWeight"])
    func tellsWhatCannotRunOutside(_ moment: String) throws {
        for (test, words) in [
            ("job: {manifest: jobs/a.yaml}", "is a Job, and nothing may be made in the cluster"),
            ("http: {path: /a, dark: true}", "is dark, and no dark route stands"),
        ] {
            var files = Self.files("    new: {\(test)}")
            files.texts["reviews.yaml"]?.replace(
                "  gates:\n", with: "  hooks: {\(moment): [new]}\n  gates:\n")
            let told = "flow: test \"new\" \(words) at \"\(moment)\"\n"
            #expect(
                moment == "beforeWeight"
                    ? files.complaint() == nil : files.complaint()?.hasPrefix(told) == true)
        }
    }

    @Test func tellsWhatCannotRunBesideStable() {
        let files = Files.with("{baseline: record}", "{baseline: stable}")
        #expect(
            files.complaint()?.hasPrefix("flow: test \"performance\" cannot be run beside stable")
                == true)
    }
}
