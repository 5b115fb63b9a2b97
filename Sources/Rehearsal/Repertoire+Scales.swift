internal import CanaryEngine
internal import Lab

/// Candidates that grow ahead of their weights.
extension Repertoire {
    /// Half of stable's size for the tests in the dark, all of it before anybody comes.
    private static func scaled(autoscale: String = "") -> String {
        DemoFlow.text(
            smoke: "{command: [\"./smoke\"], timeout: 1m}",
            extra: "limits: {capacity: 2m}\n  settle: 10s",
            steps: """
                    - backup
                    - deploy: {deadline: 2m}
                    - route
                \(autoscale)    - scale: {candidate: 50%}
                    - test: smoke
                    - scale: {candidate: 100%}
                    - weight: 50
                    - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                    - weight: 100
                    - retire
                """)
    }

    static let scales: [Scenario] = [
        Scenario("scaled", flow: scaled(), ends: .promoted),
        Scenario(
            "scaled-by-autoscaler", flow: scaled(autoscale: "    - autoscale\n"), ends: .promoted),
        Scenario(
            "scaled-smoke-fails", flow: scaled(), commands: { _, _ in .code(1) }, ends: .rolledBack
        ).with { $0.highestWeight = .none },
        Scenario("scaled-bad", flow: scaled(), version: "v3", ends: .rolledBack)
            .with { $0.highestWeight = half },
        // The pods that are asked for never come.
        Scenario(
            "scaled-in-vain", flow: scaled(),
            events: [
                .init(
                    .upon(after: .zero) { $0.isTesting("smoke") },
                    .world {
                        $0.cluster.setBehaviour(
                            .neverReady, namespace: "demo", deployment: "demo-app-v2")
                    })
            ], ends: .rolledBack
        ).with { $0.highestWeight = .none },
    ]
}
