internal import CanaryEngine
internal import JSONTree
internal import Lab

/// Judges of every kind at once, evidence that does not come, and sources that err.
extension Repertoire {
    /// Of which `vain` fails at every look, and decides nothing.
    private static let every = """
        slow: {latency: p90, max: 0.5, minimumSamples: 50, every: 15s, failures: {count: 2, of: 3}}
            beside: {latency: p50, compare: {relative: 500%}, minimumSamples: 50, every: 15s}
            budget: {errorRatio: {}, burnRate: {objective: 98%}, minimumSamples: 50, every: 15s}
            regression: {errorRatio: {}, sequential: {noWorseThan: 20%}, every: 15s}
            vain: {latency: p50, max: 0.000001, minimumSamples: 1, every: 15s, watchOnly: true}
            shape:
              every: 15s
              distributions:
                step: 15s
                minimumPoints: 6
                metrics:
                  p50:
                    tolerance: 500%
                    query: >-
                      histogram_quantile(0.5, sum by (le) (rate(
                      istio_request_duration_milliseconds_bucket{reporter="source",
                      destination_version="${candidate}"}[${window}])))
        """

    private static let judged = DemoFlow.text(
        gates: every,
        steps: """
                - backup
                - deploy: {deadline: 2m}
                - route
                - weight: 50
                - bake:
                    for: 2m
                    maxFor: 20m
                    gates: [errors, slow, beside, budget, regression, vain, shape]
                - weight: 100
                - bake: {for: 30s, maxFor: 4m, gates: [errors, slow, budget, vain]}
                - retire
            """)

    /// Evidence for which half an hour's users would not be enough.
    private static func unproven(_ policy: String) -> String {
        DemoFlow.text(
            gates: "many: {errorRatio: {}, max: 0.02, minimumSamples: 1000000, every: 15s}",
            extra: "onNotEnough: \(policy)\n  limits: {pause: 10m}",
            steps: """
                    - backup
                    - deploy: {deadline: 2m}
                    - route
                    - weight: 50
                    - bake: {for: 30s, maxFor: 2m, gates: [errors, many]}
                    - weight: 100
                    - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                    - retire
                """)
    }

    private static func slow(upon isMeant: @escaping @Sendable (Standing) -> Bool) -> Scenario.Event
    {
        .init(
            .upon(after: .seconds(5), isMeant),
            .world { _ = $0.mesh.turn("versions", ["v2": ["latency": ["median": 900]]]) })
    }

    private static func answered(_ wish: Wish.Kind) -> [Scenario.Event] {
        [.init(.upon(after: .seconds(60)) { $0.isAsking }, .wish(wish))]
    }

    /// The same load on both at once: nothing has to be recorded before.
    private static let paired = DemoFlow.text(
        smoke: """
            {command: ["./smoke"], timeout: 1m}
                pair: {http: {path: /, requests: 50, dark: true, versionHeader: x-lab-version},
                       tolerance: {p50: 300%}}
            """,
        steps: """
                - backup
                - deploy: {deadline: 2m}
                - route
                - test: smoke
                - test: {pair: {baseline: stable}}
                - weight: 50
                - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                - weight: 100
                - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                - retire
            """)

    static let judges: [Scenario] = [
        Scenario("judged", flow: judged, ends: .promoted)
            .with { $0.saying = "surely no worse than stable by 20%" },
        Scenario("judged-bad", flow: judged, version: "v3", ends: .rolledBack)
            .with { $0.highestWeight = half },
        Scenario(
            "judged-slow", flow: judged, events: [slow { $0.isBaking(at: 50) }], ends: .rolledBack
        ).with { $0.highestWeight = half },
        // One failing answer of three is not enough, two are.
        Scenario(
            "judged-slow-later", flow: judged, events: [slow { $0.isBaking(at: 100) }],
            ends: .rolledBack
        ).with { $0.saying = "times, it takes 2 of 3" },
        Scenario("unproven", flow: unproven("rollback"), ends: .rolledBack).with {
            $0.highestWeight = half
            $0.saying = "not enough evidence after 120 s: gate many"
        },
        Scenario(
            "unproven-approved", flow: unproven("ask"), events: answered(.approve), ends: .promoted),
        Scenario(
            "unproven-rejected", flow: unproven("ask"), events: answered(.reject), ends: .rolledBack
        ).with { $0.highestWeight = half },
        Scenario("unproven-undecided", flow: unproven("ask"), ends: .rolledBack).with {
            $0.highestWeight = half
            $0.saying = "nobody said how to go on without enough evidence"
        },
        // Gates look on while a person thinks.
        Scenario(
            "unproven-turns-bad", flow: unproven("ask"),
            events: [
                .init(
                    .upon(after: .seconds(30)) { $0.isAsking },
                    .world { _ = $0.mesh.turn("versions", ["v2": ["errorRate": 0.3]]) })
            ], ends: .rolledBack
        ).with {
            $0.highestWeight = half
            $0.saying = "is above 0.02"
        },
        Scenario("paired", flow: paired, ends: .promoted),
        Scenario(
            "paired-slow", flow: paired,
            events: [
                .init(
                    .upon(after: .zero) { $0.isTesting("smoke") },
                    .world {
                        _ = $0.mesh.turn("versions", ["v2": ["latency": ["median": 900]]])
                    })
            ], ends: .rolledBack
        ).with { $0.highestWeight = .none },
        Scenario(
            "source-errs",
            flow: DemoFlow.text(
                extra: "limits: {metrics: 1m}",
                steps: """
                        - backup
                        - deploy: {deadline: 2m}
                        - route
                        - weight: 50
                        - bake: {for: 30s, maxFor: 20m, gates: [errors]}
                        - weight: 100
                        - retire
                    """),
            events: [
                .init(
                    .upon(after: .seconds(1)) { $0.isBaking(at: 50) },
                    .world { _ = $0.mesh.turn("prometheus", ["fault": "server-error"]) })
            ], ends: .rolledBack
        ).with {
            $0.highestWeight = half
            $0.saying = "gate errors: its source has erred for 60 s"
        },
    ]
}
