import HTTPMessages
import MetricsGate
import MetricsSources
import Secrets
import Testing

@testable import FlowFiles

/// Sources of metrics, and what shows them who asks.
@Suite struct SourceFlowTests {
    private static let sources = """
          sources:
            thanos:
              prometheus:
                address: "https://thanos.example.com/"
                tenant: shop
                auth: {basic: {user: mia, password: {file: secrets/thanos}}}
                headers: {X-Team: shop, X-Api-Key: {env: THANOS_KEY}}
                tls: {ca: pki/ca.pem, certificate: /pki/mia.pem, key: pki/mia.key, serverName: thanos}
            dd: {datadog: {site: datadoghq.eu, apiKey: {env: A}, applicationKey: {env: B}}}
            dd2:
              datadog: {address: "http://127.0.0.1:1", apiKey: {env: A}, applicationKey: {env: B}}
              resolution: 20s
              staleAfter: 2m
            nr: {newrelic: {account: 42, region: eu, apiKey: {command: [vault, read]}}}
            cw:
              cloudwatch:
                region: eu-west-1
                accessKey: {env: A}
                secretKey: {env: B}
                sessionToken: {env: C}
            gr: {graphite: {address: "http://graphite", auth: {bearer: {command: [./bin/token]}}}}
            ix: {influxdb: {address: "http://influx", organization: crew, token: {env: A}}}
            old: {influxdb: {address: "http://influx", database: shop}}
            dt: {dynatrace: {address: "https://x.live.dynatrace.com", token: {env: A}}}
            gc: {googlecloud: {project: shop-1, token: {command: [gcloud, auth]}}}
            sp: {splunk: {address: "https://splunk:8089", token: {env: A}}}
            web: {web: {address: "http://stats", method: POST, body: "{}"}}

        """

    private static func files(_ sources: String = sources, gate: String = "") -> Files {
        var files = Files.good
        files.texts["reviews.yaml"]?.replace("  gates:\n", with: sources + "  gates:\n" + gate)
        return files
    }

    private static func spec(
        _ name: String, _ kind: SourceSpec.Kind, _ address: String,
        _ credentials: SourceCredential...
    ) -> SourceSpec {
        SourceSpec(
            name: name, kind: kind, address: address,
            access: SourceAccess(credentials: credentials))
    }

    private static func authorization(_ before: String, _ origin: SecretOrigin = .environment("A"))
        -> SourceCredential
    {
        .header(name: "Authorization", before: before, origin)
    }

    @Test func readsThemAll() throws {
        let datadog: [SourceCredential] = [
            .header(name: "DD-API-KEY", before: "", .environment("A")),
            .header(name: "DD-APPLICATION-KEY", before: "", .environment("B")),
        ]
        var second = SourceSpec(
            name: "dd2", kind: .datadog, address: "http://127.0.0.1:1",
            access: SourceAccess(credentials: datadog))
        second.resolution = .seconds(20)
        second.staleAfter = .seconds(120)
        let sources = try Self.files().load().flow.sources
        #expect(
            Array(sources.dropFirst()) == [
                SourceSpec(
                    name: "dd", kind: .datadog, address: "https://api.datadoghq.eu",
                    access: SourceAccess(credentials: datadog)),
                second,
                Self.spec(
                    "nr", .newRelic(account: 42), "https://api.eu.newrelic.com",
                    .header(name: "API-Key", before: "", .command(["vault", "read"]))),
                Self.spec(
                    "cw", .cloudWatch, "https://monitoring.eu-west-1.amazonaws.com",
                    .signature(
                        region: "eu-west-1", service: "monitoring", accessKey: .environment("A"),
                        secretKey: .environment("B"), sessionToken: .environment("C"))),
                Self.spec(
                    "gr", .graphite, "http://graphite",
                    Self.authorization("Bearer ", .command(["/repo/bin/token"]))),
                Self.spec(
                    "ix", .influx(organization: "crew"), "http://influx",
                    Self.authorization("Token ")),
                Self.spec("old", .oldInflux(database: "shop"), "http://influx"),
                Self.spec(
                    "dt", .dynatrace, "https://x.live.dynatrace.com",
                    Self.authorization("Api-Token ")),
                Self.spec(
                    "gc", .google(project: "shop-1"), "https://monitoring.googleapis.com",
                    Self.authorization("Bearer ", .command(["gcloud", "auth"]))),
                Self.spec("sp", .splunk, "https://splunk:8089", Self.authorization("Bearer ")),
                Self.spec("web", .web(method: "POST", body: "{}"), "http://stats"),
            ])
    }

    @Test func readsHowPrometheusIsReached() throws {
        let source = try #require(try Self.files().load().flow.sources.first)
        #expect(source.kind == .prometheus)
        #expect(source.address == "https://thanos.example.com")
        #expect(
            source.access.credentials == [
                .basic(user: "mia", .file("/repo/secrets/thanos")),
                .header(name: "X-Api-Key", before: "", .environment("THANOS_KEY")),
            ])
        #expect(source.access.headers == ["X-Team": "shop", "X-Scope-OrgID": "shop"])
        #expect(
            source.access.trust
                == SourceTrust(
                    authorities: "/repo/pki/ca.pem", certificate: "/pki/mia.pem",
                    key: "/repo/pki/mia.key", serverName: "thanos"))
    }

    @Test func readsTheSameOfTheOnePrometheus() throws {
        let old = "prometheus: {address: \"http://prometheus.istio-system:9090\"}"
        let files = Files.with(
            old,
            "prometheus: {address: \"http://prom\", tenant: a, auth: {bearer: {env: T}}}")
        let flow = try files.load().flow
        #expect(
            flow.prometheus?.access
                == SourceAccess(
                    credentials: [Self.authorization("Bearer ", .environment("T"))],
                    headers: ["X-Scope-OrgID": "a"]))
        #expect(!flow.trustsWeights)
    }

    @Test func readsGatesOnThem() throws {
        let gate =
            "    five: {source: dd, query: \"sum:x{v:${candidate}}\", samplesQuery: n, reduce: sum,"
            + " max: 3}\n"
        let flow = try Self.files(gate: gate).load().flow
        var spec = GateSpec(
            "five", .query("sum:x{v:${candidate}}"), maximum: 3, samplesQuery: "n")
        spec.source = "dd"
        spec.reduction = .sum
        #expect(flow.gates.first == spec)
    }

    @Test func hasEveryKey() {
        let parts = [
            FlowKeys.sourcePrometheus, FlowKeys.secret, FlowKeys.auth, FlowKeys.basic,
            FlowKeys.trust, FlowKeys.source, FlowKeys.datadog, FlowKeys.newRelic,
            FlowKeys.cloudWatch, FlowKeys.graphite, FlowKeys.influx, FlowKeys.dynatrace,
            FlowKeys.google, FlowKeys.splunk, FlowKeys.web,
        ]
        for key in parts.flatMap(\.keys) {
            #expect(Self.sources.contains("\(key.name):"), "\(key.name)")
            #expect(key.summary.hasSuffix("."), "\(key.name)")
        }
    }

    // MARK: What is refused

    struct Bad: Sendable, CustomTestStringConvertible {
        var title: String
        var sources = ""
        var gate = ""
        var words: String
        var testDescription: String { title }
    }

    @Test(arguments: [
        Bad(
            title: "a literal secret",
            sources: "  sources: {dt: {dynatrace: {address: \"http://dt\", token: hunter2}}}\n",
            words: """
                flow: "token" must say where the secret is, never what it is
                  where: reviews.yaml:19:59 (spec.sources.dt.dynatrace.token)
                  do:    write {env: NAME}, {file: PATH} or {command: [PROGRAM]}
                """),
        Bad(
            title: "a secret in a header",
            sources:
                "  sources: {w: {web: {address: \"http://w\", headers: {X-Auth-Token: hunter2}}}}\n",
            words: """
                flow: "X-Auth-Token" sounds secret, and a flow holds no secrets
                  where: reviews.yaml:19:68 (spec.sources.w.web.headers.X-Auth-Token)
                  do:    write {env: NAME}, {file: PATH} or {command: [PROGRAM]}
                """),
        Bad(
            title: "a password in an address",
            sources: "  sources: {w: {web: {address: \"http://mia:hunter2@w\"}}}\n",
            words: """
                flow: "address" has a user or password in it
                  where: reviews.yaml:19:32 (spec.sources.w.web.address)
                  do:    write for example http://prometheus.istio-system:9090
                """),
        Bad(
            title: "a place and another",
            sources:
                "  sources: {d: {dynatrace: {address: \"http://d\", token: {env: A, file: b}}}}\n",
            words: """
                flow: "token" has both file and env
                  where: reviews.yaml:19:50 (spec.sources.d.dynatrace.token)
                  do:    give exactly one of them
                """),
        Bad(
            title: "a certificate without its key",
            sources: "  sources: {w: {web: {address: \"http://w\", tls: {certificate: a}}}}\n",
            words: """
                flow: "tls" has "certificate" without "key"
                  where: reviews.yaml:19:44 (spec.sources.w.web.tls)
                  do:    give both, or neither
                """),
        Bad(
            title: "an unknown source",
            sources: "  sources: {dd: {graphite: {address: \"http://g\"}}}\n",
            gate: "    five: {source: ddd, query: q, max: 1}\n",
            words: """
                flow: unknown source "ddd"
                  where: reviews.yaml:21:20 (spec.gates.five.source)
                  do:    did you mean "dd"?
                """),
        Bad(
            title: "no question", sources: "  sources: {g: {graphite: {address: \"http://g\"}}}\n",
            gate: "    five: {source: g, max: 1}\n",
            words: """
                flow: gate "five" asks a source nothing
                  where: reviews.yaml:21:12 (spec.gates.five.source)
                  do:    add query: the question, in the source's own language
                """),
        Bad(
            title: "a question without a source",
            gate: "    five: {errorRatio: {}, query: q, max: 1}\n",
            words: """
                flow: "query" goes with "source", which is not there
                  where: reviews.yaml:20:28 (spec.gates.five.query)
                  do:    add source: NAME, or take query away
                """),
    ])
    func refuses(_ bad: Bad) {
        let complaint = Self.files(bad.sources, gate: bad.gate).complaint()
        #expect(complaint == bad.words)
        #expect(complaint?.contains("hunter2") != true)
    }

    /// Where nobody counts the requests behind a number, the flow is refused.
    @Test func aGateThatNobodyCountsFor() {
        var files = Files.with("  prometheus: ", "  # ")
        let text = files.texts["reviews.yaml"] ?? ""
        let old = text.split(separator: "\n").first { $0.hasPrefix("    errors:") } ?? ""
        let sources = "  sources: {g: {graphite: {address: \"http://g\"}}}\n"
        files.texts["reviews.yaml"] = text.replacing("  gates:\n", with: sources + "  gates:\n")
            .replacing(old, with: "    errors: {source: g, query: q, max: 1}")
        #expect(
            files.complaint() == """
                flow: gate "errors" cannot know how many requests stand behind its number
                  where: reviews.yaml:21:14 (spec.gates.errors.source)
                  do:    add samplesQuery: it counts them there; or add spec.prometheus.address
                """)
        files.texts["reviews.yaml"]?.replace("query: q,", with: "query: q, samplesQuery: n,")
        #expect(files.complaint() == nil)
    }
}
