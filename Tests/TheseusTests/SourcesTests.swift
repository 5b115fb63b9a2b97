import Foundation
import HTTPMessages
import HTTPServer
import Synchronization
import Testing

/// Gates on sources beside Prometheus, by the real binary.
@Suite struct SourcesTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Behind `spec.sources.other`; ADDRESS stands for the server's.
        var source: String
        var query = "q"
        /// An answer without a number, which refuses no run.
        var empty: String
    }

    static let kinds = [
        Kind(
            testDescription: "Prometheus",
            source: "prometheus: {address: ADDRESS, auth: {basic: {user: mia, password: SECRET}}}",
            empty:
                "{\"status\": \"success\", \"data\": {\"resultType\": \"vector\", \"result\": []}}"),
        Kind(
            testDescription: "Datadog",
            source: "datadog: {address: ADDRESS, apiKey: SECRET, applicationKey: {file: password}}",
            empty: "{\"status\": \"ok\", \"series\": []}"),
        Kind(
            testDescription: "New Relic",
            source: "newrelic: {address: ADDRESS, account: 1, apiKey: SECRET}",
            empty: "{\"data\": {\"actor\": {\"account\": {\"nrql\": {\"results\": []}}}}}"),
        Kind(
            testDescription: "CloudWatch",
            source: "cloudwatch: {address: ADDRESS, region: eu-west-1, accessKey: {env: TOKEN},"
                + " secretKey: {file: password}, sessionToken: SECRET}",
            empty: "{\"MetricDataResults\": []}"),
        Kind(
            testDescription: "Graphite",
            source: "graphite: {address: ADDRESS, auth: {bearer: SECRET}}", empty: "[]"),
        Kind(
            testDescription: "InfluxDB 2",
            source: "influxdb: {address: ADDRESS, organization: o, token: SECRET}", empty: ""),
        Kind(
            testDescription: "InfluxDB 1",
            source: "influxdb: {address: ADDRESS, database: d,"
                + " auth: {basic: {user: mia, password: SECRET}}}",
            empty: "{\"results\": []}"),
        Kind(
            testDescription: "Dynatrace", source: "dynatrace: {address: ADDRESS, token: SECRET}",
            empty: "{\"result\": []}"),
        Kind(
            testDescription: "Google Cloud",
            source: "googlecloud: {address: ADDRESS, project: p, token: SECRET}", query: "fetch x",
            empty: "{}"),
        Kind(
            testDescription: "Splunk", source: "splunk: {address: ADDRESS, token: SECRET}",
            empty: ""),
        Kind(
            testDescription: "web",
            source: "web: {address: ADDRESS, headers: {X-Api-Key: SECRET}}", query: "/#$.a",
            empty: "{}"),
    ]

    /// A source that answers at first, and then repeats whatever it is told in ever other ways: what
    /// it was told is found nowhere.
    @Test(arguments: kinds) func secretsAppearNowhere(_ kind: Kind) async throws {
        let gossip = Gossip(empty: kind.empty)
        let server = try LoopbackServer { gossip.answer($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.serve() }
            defer { server.stop() }
            try await ServedLab.serving { lab in
                let path = try Self.write(kind, "http://127.0.0.1:\(server.port)", lab)
                let deploy = try await Program.run(
                    lab.words(["deploy", path, "--run-id", "r1", "--output", "json"]),
                    environment: ["TOKEN": Planted.token], in: lab.folder.path)
                #expect(deploy.code == 1, "\(deploy)")
                #expect(gossip.wasTold, "the source was never shown a secret")
                #expect(gossip.repeated > 3)
                var texts = [deploy.output, deploy.complaint]
                for words in [
                    ["show", "r1"], ["show", "r1", "--output", "json"], ["status"],
                    ["history", "--output", "json"],
                ] {
                    let told = try await Program.run(lab.words(words), in: lab.folder.path)
                    texts += [told.output, told.complaint]
                }
                #expect(texts[2].contains("other"), "the gate is told of")
                for text in texts { Planted.expectNothing(in: text) }
                for file in try lab.folder.files() where file.hasPrefix("journal.sqlite") {
                    let bytes = try Data(contentsOf: URL(filePath: lab.folder.file(file)))
                    Planted.expectNothing(in: String(decoding: bytes, as: UTF8.self), file)
                }
            }
        }
    }

    /// The token comes from a program, which is noisy; the password from a file.
    private static func write(_ kind: Kind, _ address: String, _ lab: ServedLab) throws -> String {
        try lab.folder.write(Planted.password + "\n", to: "password")
        let program = try lab.folder.write(
            "#!/bin/sh\necho \"shown: $TOKEN\" >&2\necho \"$TOKEN\"\n", to: "token")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        var flow = ShortFlow(lab)
        let source = kind.source.replacing("ADDRESS", with: "\"\(address)\"")
            .replacing("SECRET", with: "{command: [./token]}")
        flow.more = "  sources: {other: {\(source)}}\n"
        flow.tests = ""
        flow.gates =
            "    other: {source: other, query: \"\(kind.query)\", max: 1, minimumSamples: 1,"
            + " every: 2s}\n"
        flow.steps = [
            "backup", "deploy: {deadline: 5m}", "route", "weight: 50",
            "bake: {for: 20s, maxFor: 60s, gates: [other]}", "weight: 100", "retire",
        ]
        return try flow.write()
    }

    // MARK: Before a run

    @Test func aPrometheusThatIsDown() async throws {
        try await expectRefusal(
            Refused(
                testDescription: "Prometheus is down",
                said: """
                    run: gate errors could not be judged: nobody listens at Prometheus's address
                      where: GET http://127.0.0.1:1/api/v1/query
                      do:    check prometheus.address, and that the server runs
                    """,
                before: { lab in
                    let text = try lab.folder.read("flow.yaml")
                    try lab.folder.write(
                        text.replacing("\(lab.api)/prometheus", with: "http://127.0.0.1:1"),
                        to: "flow.yaml")
                }))
    }

    static let refusals = [
        Refused(
            testDescription: "a source is down",
            said: """
                run: gate errors could not be judged: nobody listens at Graphite's address
                  where: GET http://127.0.0.1:1/render
                  do:    check the source's address, and that the server runs
                """,
            flow: [
                (
                    "  gates:\n",
                    "  sources: {g: {graphite: {address: \"http://127.0.0.1:1\"}}}\n  gates:\n"
                ),
                ("errorRatio: {}", "source: g, query: q"),
            ]),
        Refused(
            testDescription: "a secret is missing",
            said: """
                run: gate errors could not be judged: there is no credential to show to Dynatrace \
                (the variable with the secret is not set)
                  where: GET http://127.0.0.1:1/api/v2/metrics/query
                  do:    put the secret where the flow says that it is
                """,
            flow: [
                (
                    "  gates:\n",
                    "  sources: {d: {dynatrace: {address: \"http://127.0.0.1:1\", token: {env: GONE}}}}\n"
                        + "  gates:\n"
                ), ("errorRatio: {}", "source: d, query: q"),
            ]),
        Refused(
            testDescription: "a secret in the flow",
            said: """
                flow: "token" must say where the secret is, never what it is
                  where: FOLDER/flow.yaml:16:67 (spec.sources.d.dynatrace.token)
                  do:    write {env: NAME}, {file: PATH} or {command: [PROGRAM]}
                """,
            flow: [
                (
                    "  gates:\n",
                    "  sources: {d: {dynatrace: {address: \"http://127.0.0.1:1\", token: hunter2}}}\n"
                        + "  gates:\n"
                )
            ]),
    ]

    @Test(arguments: refusals) func refuses(_ refused: Refused) async throws {
        try await expectRefusal(refused)
    }
}

/// A server that repeats what it is told.
private final class Gossip: Sendable {
    private struct State {
        var count = 0
        var wasTold = false
    }

    private let empty: String
    private let state = Mutex(State())

    init(empty: String) { self.empty = empty }

    var wasTold: Bool { state.withLock { $0.wasTold } }
    var repeated: Int { state.withLock { $0.count - 1 } }

    func answer(_ request: HTTPServerRequest) -> HTTPResponse {
        let lines = request.headers.lines.map { "\($0.name): \($0.value)" }
        let told = lines.joined(separator: ", ").replacing("\"", with: "'")
        let count = state.withLock { state -> Int in
            state.count += 1
            if told.contains("planted") || told.contains("Basic ") { state.wasTold = true }
            return state.count
        }
        // The first is the question before the run.
        if count == 1 { return HTTPResponse(status: 200, body: .text(empty)) }
        let bodies = [
            "{\"error\": \"\(told)\", \"status\": \"error\", \"errorType\": \"bad_data\"}",
            "{\"errors\": [{\"message\": \"\(told)\"}]}", "{\"errors\": [\"\(told)\"]}",
            "{\"error\": {\"message\": \"\(told)\"}}", "{\"message\": \"\(told)\"}",
            "{\"__type\": \"a#b\", \"message\": \"\(told)\"}",
            "{\"messages\": [{\"type\": \"FATAL\", \"text\": \"\(told)\"}]}", told,
        ]
        let statuses = [200, 400, 401, 403, 500]
        return HTTPResponse(
            status: statuses[count / bodies.count % statuses.count],
            body: .text(bodies[count % bodies.count]))
    }
}
