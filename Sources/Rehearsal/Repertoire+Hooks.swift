internal import CanaryEngine
internal import Lab

/// Tests of every kind, side by side, and hooks at every moment.
extension Repertoire {
    private static let tests = """
        {http: {path: /, requests: 20, dark: true, expect: {status: 2xx}}, timeout: 1m, retries: 1}
            unit: {command: ["./unit"], limits: {memory: 1Gi}, retries: {times: 2, wait: 2s}}
            contract: {webhook: {url: "https://hooks.example.test/long"}, timeout: 1m}
            queue: {tcp: {host: mq, port: 5672, expect: ready}, requests: none}
            box: {ssh: {host: box, command: check}, requests: none}
            announce: {webhook: {url: "https://hooks.example.test/ok"}, requests: none}
            mute: {webhook: {url: "https://hooks.example.test/bad"}, requests: none, retries: 1}
            stuck: {webhook: {url: "https://hooks.example.test/stuck", patience: 2h}, requests: none}
        """

    private static func flow(_ hooks: String) -> String {
        DemoFlow.text(
            smoke: tests, extra: "hooks: {\(hooks)}",
            steps: """
                    - backup
                    - deploy: {deadline: 2m}
                    - route
                    - tests: [smoke, unit, contract, queue, box]
                    - notify: mute
                    - weight: 50
                    - bake: {for: 30s, maxFor: 4m, gates: [errors], tests: [queue]}
                    - weight: 100
                    - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                    - retire
                """)
    }

    private static let all7 = """
        start: [announce], beforeWeight: [queue], afterWeight: [box], beforePromotion: [contract], \
        promoted: [announce, mute], rolledBack: [stuck, mute, announce], \
        personNeeded: [stuck, mute, announce]
        """

    /// A Job whose sidecar keeps it alive.
    private static func job(exit code: Int) -> String {
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: contract}
        spec:
          template:
            metadata:
              annotations: {lab.theseus.dev/exit: "\(code)"}
            spec:
              containers:
                - {name: test, image: "registry.example.test/contract:1"}
                - {name: proxy, image: "registry.example.test/proxy:1"}
        """
    }

    private static let jobFlow = DemoFlow.text(
        smoke: "{job: {manifest: job.yaml, container: test}, timeout: 2m}",
        steps: DemoFlow.shortSteps)

    static let hooks: [Scenario] = [
        Scenario("job", flow: jobFlow, ends: .promoted).with {
            $0.files["job.yaml"] = job(exit: 0)
            $0.saying = "all is well"
        },
        Scenario("job-fails", flow: jobFlow, ends: .rolledBack).with {
            $0.files["job.yaml"] = job(exit: 3)
            $0.highestWeight = .none
            $0.saying = "exit 3: fatal: exit 3"
        },
        // A command that says nothing of its requests runs beside a gate: there is something left to see.
        Scenario(
            "uncounted-test",
            flow: DemoFlow.text(
                smoke: "{command: [\"./smoke\"], timeout: 1m}",
                steps: """
                        - backup
                        - deploy: {deadline: 2m}
                        - route
                        - weight: 10
                        - bake: {for: 5m, maxFor: 30m, gates: [errors], tests: [smoke]}
                        - weight: 100
                        - bake: {for: 1m, maxFor: 30m, gates: [errors]}
                        - retire
                    """
            ).replacing("scrape: 5s", with: "scrape: 15s"), ends: .promoted),
        Scenario("hooks", flow: flow(all7), ends: .promoted)
            .with { $0.saying = "the long one is over" },
        Scenario("hooks-back", flow: flow(all7), version: "v3", ends: .rolledBack).with {
            $0.highestWeight = half
            $0.saying = "status 204"
        },
        // Somebody took the right to remove away: users are home, and a person is called.
        Scenario(
            "hooks-person", flow: flow(all7),
            events: [
                .init(
                    .upon(after: .seconds(3)) { $0.isBaking(at: 50) },
                    .world {
                        $0.cluster.denials = [LabDenial(verb: "delete", kind: "deployments")]
                    }),
                .init(.upon(after: .seconds(5)) { $0.isBaking(at: 50) }, .wish(.abort)),
            ], ends: .personNeeded
        ).with {
            $0.highestWeight = half
            $0.saying = "status 204"
        },
        // A hook that decides: nothing was written yet, and nobody can be kept from going back.
        Scenario("hook-says-no", flow: flow("start: [mute], rolledBack: [mute]"), ends: .rolledBack)
            .with {
                $0.highestWeight = .none
                $0.saying = "status 500"
            },
        Scenario(
            "parallel-fails", flow: flow("rolledBack: [announce]"),
            commands: { words, _ in words.first == "ssh" ? .code(255) : .code(0) },
            ends: .rolledBack
        ).with {
            $0.highestWeight = .none
            $0.saying = "ssh box: exit 255"
        },
    ]
}
