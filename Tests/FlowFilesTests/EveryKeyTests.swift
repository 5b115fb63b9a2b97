import CanaryEngine
import HTTPMessages
import JSONTree
import MetricsGate
import TestHooks
import Testing

@testable import FlowFiles

/// A flow that has every key there is.
@Suite struct EveryKeyTests {
    static let text = """
        apiVersion: theseus.dev/v1
        kind: Flow
        metadata: {name: orders, labels: {team: a}, annotations: {note: b}}
        spec:
          target: {namespace: shop, service: orders, manifest: k8s/reviews-v2.yaml,
                   versionLabel: release, stable: orders-v1, version: "7"}
          routes:
            - {virtualService: orders, namespace: edge, http: [a, b]}
            - virtualService: more
              tls: [{port: 443, sniHosts: [x.example.com]}, {sniHosts: [y.example.com]}]
              tcp: [{port: 3306}]
          gateway: {url: "http://127.0.0.1:8080/"}
          prometheus: {address: "http://prometheus:9090", scrape: 5s}
          dark: {match: [{uri: {exact: /a}}], example: {headers: {x-b: 1, x-c: d}}, visitors: [qa]}
          firstRelease: false
          settle: 20s
          observe: {deadline: 90s}
          limits: {write: 1m, capacity: 2m, drain: 3m, home: 4m, pause: 5h, ready: 6s, metrics: 7m}
          mesh: {domain: corp.local, rootNamespace: mesh-root}
          podLogs: none
          fingerprintSecrets: true
          gitops: keep
          sources: {old: {graphite: {address: "http://graphite"}}}
          onCutOff: ask
          onNotEnough: ask
          onStale: resume
          guard: {image: "r.example.com/theseus:1", serviceAccount: guard, schedule: "0 * * * *"}
          tests:
            load:
              http:
                path: /a
                method: POST
                requests: 9
                concurrency: 3
                expect: 2xx
                headers: {x-count: 5}
                dark: true
                maxErrors: 2
                versionHeader: x-version
                patience: 3s
              tolerance: 12.5%
              higherIsBetter: [hits]
              timeout: 1m
              repeat: safe
            migrate: {command: [bin/migrate, 1.10], env: [TOKEN], repeat: once, retries: 0}
            chat: {webhook: {url: "https://chat.example.com/"}}
          hooks:
            start: [chat]
            beforeWeight: [load]
            afterWeight: [load]
            beforePromotion: [migrate]
            promoted: [chat]
            rolledBack: [chat]
            personNeeded: [chat]
          gates:
            own:
              prometheus: {query: "q[${window}]", samplesQuery: "s[${window}]"}
              min: -1
              max: 0.5
              minimumSamples: 7
              every: 10s
            ratio: {errorRatio: {codes: "5..|429"}, max: 0.5}
            rate:
              successRate: {}
              compare: {relative: 5%, absolute: 0.001, worse: either}
              staleAfter: 40s
            slow: {latency: {quantile: 0.999}, max: 2, failures: {count: 2, of: 3}}
            cpu: {saturation: cpu, max: 0.8, failures: {consecutive: 3}, watchOnly: true}
            starts: {restarts: {}, max: 0}
            worse:
              errorRatio: {}
              sequential: {noWorseThan: 2%, falseAlarms: 5%, confidence: 90%}
            budget:
              errorRatio: {}
              burnRate: {objective: 99.9%, windows: [{short: 1m, long: 10m, factor: 14.4}]}
            shape:
              distributions:
                source: old
                metrics:
                  cpu: {query: "c{v='${candidate}'}", worse: either, critical: true,
                        tolerance: 10%, group: load, gaps: zero, outliers: remove}
                groups: {load: 60}
                pass: 90
                marginal: 50
                confidence: 99%
                step: 30s
                minimumPoints: 20
          steps:
            - backup
            - deploy
            - route
            - reach
            - autoscale
            - scale: {candidate: 7%}
            - drill
            - mirror: 15
            - sticky: {cookie: seen_orders, ttl: 90m}
            - test: {load: {}}
            - test: migrate
            - tests: [{load: {baseline: record}}]
            - notify: load
            - weight: 100
            - bake: {for: 1m30s, maxFor: 2m, gates: [own, ratio], tests: [load]}
            - gate: ratio
            - approve: {timeout: 4h}
            - pause: 500ms
            - shrink

        """

    private func flow() throws -> Flow {
        var files = Files(
            texts: ["reviews.yaml": Self.text], programs: ["/repo/bin/migrate": .runs])
        files.texts["k8s/reviews-v2.yaml"] = Files.manifest
        return try files.load().flow
    }

    @Test func readsTheSurroundings() throws {
        let flow = try flow()
        #expect(flow.target.versionLabel == "release")
        #expect(flow.target.stable == "orders-v1")
        #expect(
            flow.routes == [
                FlowRoute(virtualService: "orders", namespace: "edge", http: ["a", "b"]),
                FlowRoute(
                    virtualService: "more",
                    tls: [
                        .init(port: 443, sniHosts: ["x.example.com"]),
                        .init(sniHosts: ["y.example.com"]),
                    ], tcp: [3306]),
            ])
        #expect(flow.gateway == GatewayAddress(url: "http://127.0.0.1:8080"))
        #expect(flow.scrape == .seconds(5))
        #expect(flow.dark == [["uri": ["exact": "/a"]]])
        #expect(flow.darkExample == DarkExample(headers: ["x-b": "1", "x-c": "d"]))
        #expect(flow.darkVisitors == ["qa"])
        #expect(flow.keepsGitOps)
        #expect(flow.goesOnWhenStale)
        #expect(
            flow.guardian
                == FlowGuard(
                    image: "r.example.com/theseus:1", serviceAccount: "guard",
                    schedule: "0 * * * *"))
        #expect(flow.meshDomain == "corp.local")
        #expect(flow.rootNamespace == "mesh-root")
        #expect(flow.plan.isGuarded)
        #expect(!flow.trustsWeights)
    }

    @Test func readsTheLimits() throws {
        let plan = try flow().plan
        #expect(plan.onCutOff == .ask)
        #expect(!plan.isFirstRelease)
        #expect(plan.onNotEnough == .ask)
        #expect(plan.limits.metrics == .seconds(420))
        #expect(plan.limits.settle == .seconds(20))
        #expect(plan.limits.observe == .seconds(90))
        #expect(plan.limits.write == .seconds(60))
        #expect(plan.limits.capacity == .seconds(120))
        #expect(plan.limits.drain == .seconds(180))
        #expect(plan.limits.ready == .seconds(6))
        #expect(try !flow().readsPodLogs)
        #expect(try flow().fingerprintsSecrets)
        #expect(plan.limits.home == .seconds(240))
        #expect(plan.limits.pause == .seconds(18_000))
    }

    @Test func readsTestsAndGates() throws {
        let flow = try flow()
        let load = TestSpec.Load(
            "/a", method: "POST", requests: 9, concurrency: 3, headers: ["x-count": "5"],
            dark: true, maxErrors: 2, versionHeader: "x-version", patience: .seconds(3))
        #expect(
            flow.tests == [
                TestSpec("load", .http(load), tolerance: 0.125, higherIsBetter: ["hits"]),
                TestSpec(
                    "migrate",
                    .command(.init(["/repo/bin/migrate", "1.10"], environment: ["TOKEN"]))),
                TestSpec("chat", .webhook(.init("https://chat.example.com/"))),
            ])
        #expect(
            flow.gates.prefix(2) == [
                GateSpec(
                    "own", .query("q[${window}]"), minimum: -1, maximum: 0.5, minimumSamples: 7,
                    samplesQuery: "s[${window}]", every: .seconds(10)),
                GateSpec("ratio", .errorRatio(codes: "5..|429"), maximum: 0.5, every: .seconds(5)),
            ])
    }

    @Test func readsTheHooks() throws {
        let hooks = try flow().plan.hooks
        for moment in LifeHooks.Moment.allCases where moment != .notify {
            let name =
                moment.isOutside ? "chat" : moment == .beforePromotion ? "migrate" : "load"
            #expect(hooks[moment].map(\.name) == [name])
        }
    }

    @Test func readsTheJudges() throws {
        var gates: [String: GateSpec] = [:]
        for gate in try flow().gates { gates[gate.name] = gate }
        #expect(gates["rate"]?.question == .successRate(codes: "5.."))
        #expect(
            gates["rate"]?.rule
                == .compare(ComparisonRule(relative: 0.05, absolute: 0.001, worse: .either)))
        #expect(gates["rate"]?.staleAfter == .seconds(40))
        #expect(gates["slow"]?.question == .latency(quantile: 0.999))
        #expect(gates["slow"]?.failures == FailureRule(2, of: 3))
        #expect(gates["cpu"]?.question == .saturation(.cpu))
        #expect(gates["cpu"]?.failures == FailureRule(3, of: 3))
        #expect(gates["cpu"]?.isWatchOnly == true)
        #expect(gates["starts"]?.question == .restarts)
        #expect(
            gates["worse"]?.rule
                == .sequential(SequentialRule(margin: 0.02, falseAlarms: 0.05, confidence: 0.9)))
        let window = BurnRateRule.Window(
            short: .seconds(60), long: .seconds(600), factor: 14.4)
        #expect(
            gates["budget"]?.rule
                == .burnRate(BurnRateRule(objective: 99.9 / 100, windows: [window])))
        var metric = DistributionRule.Metric("cpu", query: "c{v='${candidate}'}")
        metric.direction = .either
        metric.isCritical = true
        metric.tolerance = 0.1
        metric.group = "load"
        metric.gaps = .zero
        metric.outliers = .remove
        #expect(
            gates["shape"]?.rule
                == .distributions(
                    DistributionRule(
                        metrics: [metric], groups: [.init("load", weight: 60)], pass: 90,
                        marginal: 50, confidence: 0.99, step: .seconds(30), minimumPoints: 20)))
        #expect(gates["shape"]?.source == "old")
    }

    @Test func readsTheSteps() throws {
        let load = TestCall("load", timeout: .seconds(60), repetition: .repeatable)
        var recording = load
        recording.baseline = .record
        let bake = Bake(
            duration: .seconds(90), longest: .seconds(120), gates: ["own", "ratio"], tests: [load])
        #expect(
            try flow().plan.steps == [
                .backup, .deploy(deadline: .seconds(600)), .route,
                .reach(deadline: .seconds(120), every: .seconds(1)), .autoscale,
                .scale(TrafficWeight(percent: 7) ?? .none),
                .drill(within: .seconds(10)), .mirror(TrafficWeight(percent: 15) ?? .none),
                .sticky(Stickiness(cookie: "seen_orders", ttl: .seconds(5400))), .test(load),
                .test(TestCall("migrate", repetition: .atMostOnce, every: .seconds(40))),
                .tests([recording]),
                .notify(load), .weight(.all), .bake(bake),
                .gate("ratio"), .approve(timeout: .seconds(14_400)), .pause(.milliseconds(500)),
                .shrink(minimum: 1),
            ])
    }

    @Test(arguments: [
        ("observe: {deadline: 90s}", "observe: none"),
        ("  prometheus: {address: \"http://prometheus:9090\", scrape: 5s}\n", ""),
    ])
    func trustsWeightsThatItCannotSee(_ old: String, _ new: String) throws {
        var text = Self.text.replacing(old, with: new)
        if new.isEmpty {
            let gates = try #require(text.firstRange(of: "  gates:\n"))
            let steps = try #require(text.firstRange(of: "  steps:\n"))
            text.removeSubrange(gates.lowerBound..<steps.lowerBound)
            text.replace("gates: [own, ratio], ", with: "")
            text.replace("    - gate: ratio\n", with: "")
        }
        let files = Files(
            texts: ["reviews.yaml": text, "k8s/reviews-v2.yaml": Files.manifest],
            programs: ["/repo/bin/migrate": .runs])
        #expect(try files.load().flow.trustsWeights)
    }

    /// Whoever adds a key must show above what becomes of it.
    @Test func hasEveryKey() {
        let parts: [FlowPart] = [
            FlowKeys.file, .init(FlowKeys.metadata.keys), FlowKeys.target, FlowKeys.route,
            FlowKeys.gateway, FlowKeys.dark, FlowKeys.example,
            FlowKeys.observe, FlowKeys.limits, FlowKeys.gate, FlowKeys.hooks,
            FlowKeys.query, FlowKeys.codes, FlowKeys.spec, FlowKeys.guardian, FlowKeys.latency,
            FlowKeys.comparison, FlowKeys.sequential, FlowKeys.burnRate, FlowKeys.burnWindow,
            FlowKeys.failures, FlowKeys.distributions, FlowKeys.metric,
        ]
        // A template brings its own steps, and AdjustTests change them; `host` and `parameters` are in
        // the design's example.
        // SourceFlowTests show what belongs to sources.
        let elsewhere = ["template", "adjust", "parameters", "host", "reduce"]
        for key in parts.flatMap(\.keys) where !elsewhere.contains(key.name) {
            #expect(Self.text.contains("\(key.name):"), "\(key.name)")
            #expect(key.summary.hasSuffix("."), "\(key.name)")
        }
        for step in FlowKeys.steps where step.name != "retire" {
            #expect(Self.text.contains("- \(step.name)"), "\(step.name)")
        }
    }
}
