internal import JSONTree
internal import Lab
internal import Manifests

/// Candidates that are no longer what was judged, and what they bring with them.
extension Repertoire {
    /// Few steps: what counts is what happens between readiness and promotion.
    private static let brief = DemoFlow.text(
        steps: """
                - backup
                - deploy: {deadline: 2m}
                - route
                - weight: 50
                - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                - weight: 100
                - retire
            """)

    /// Everything that has to do with pods.
    private static let whole = DemoFlow.text(
        steps: """
                - backup
                - deploy: {deadline: 2m}
                - route
                - autoscale
                - weight: 50
                - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                - weight: 100
                - shrink: {minimum: 1}
                - retire
            """)

    static let metamorphoses: [Scenario] = [
        Scenario(
            "brings-settings", flow: brief,
            manifest: DemoFlow.withSettings.replacing("demo-app:v2", with: "demo-app:v1"),
            ends: .promoted
        ).with {
            $0.saying = "pods run the image of stable demo-app-v1 itself"
        },
        Scenario(
            "settings-edited", flow: brief, manifest: DemoFlow.withSettings,
            events: [
                .init(
                    .upon(after: .seconds(5)) { $0.isBaking(at: 50) },
                    .world { state in
                        let settings = ObjectReference(
                            .configMap, namespace: "demo", name: "demo-settings")
                        state.cluster.edit(settings, by: "kubectl-edit") {
                            $0.tree.set("red", at: "data", "color")
                        }
                    })
            ], ends: .rolledBack
        ).with {
            $0.highestWeight = half
            $0.saying = "ConfigMap demo/demo-settings says something else, last written by kubectl"
        },
        Scenario(
            "old-cluster", flow: whole, manifest: DemoFlow.household(version: "v2"),
            world: DemoVariations.oldCluster, ends: .promoted),
        Scenario(
            "old-cluster-back", flow: whole, version: "v3",
            manifest: DemoFlow.household(version: "v3"), world: DemoVariations.oldCluster,
            ends: .rolledBack),
        Scenario(
            "tag-moved", flow: brief,
            events: [
                .init(
                    .upon(after: .seconds(5)) { $0.isBaking(at: 50) },
                    .world {
                        $0.cluster.moveTag(
                            "registry.example.test/demo-app:v2", to: "sha256:beef")
                    })
            ], ends: .rolledBack
        ).with {
            $0.highestWeight = half
            $0.saying = "container app, runs sha256:beef"
        },
    ]
}
