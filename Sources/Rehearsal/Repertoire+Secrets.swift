internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// The candidate reads a Secret, and the flow wants to know whether it still says the same.
extension Repertoire {
    private static let fingerprinting = DemoFlow.text(
        extra: "fingerprintSecrets: true", steps: DemoFlow.shortSteps)

    private static let reading =
        DemoFlow.good + "\n          envFrom: [{secretRef: {name: demo-secret}}]"

    static let secrets: [Scenario] = [
        Scenario(
            "secret-kept", flow: fingerprinting, manifest: reading,
            world: DemoVariations.withSecret, ends: .promoted
        ).with { $0.keepsJournalInCluster = true },
        // What is promoted would not be what was judged.
        Scenario(
            "secret-turned", flow: fingerprinting, manifest: reading,
            world: DemoVariations.withSecret,
            events: [
                .init(
                    .upon(after: .seconds(5)) { $0.isBaking(at: 50) },
                    .world { state in
                        state.cluster.edit(DemoVariations.secret, by: "kubectl-edit") {
                            $0.tree.set("dHVybmVkLXRva2Vu", at: "data", "token")
                        }
                    })
            ], ends: .rolledBack
        ).with {
            $0.keepsJournalInCluster = true
            $0.highestWeight = half
            $0.saying =
                "Secret demo/demo-secret says something else, last written by kubectl-edit"
        },
    ]
}

extension DemoVariations {
    static let secret = ObjectReference(.secret, namespace: "demo", name: "demo-secret")

    /// Its value is planted: it may stand in the Secret and nowhere else.
    static let withSecret = world { tree in
        let secret: JSONTree = [
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": ["name": "demo-secret", "namespace": "demo"],
            "data": ["token": "cGxhbnRlZC10b2tlbg=="],
        ]
        tree["objects"] = .array((tree["objects"]?.items ?? []) + [secret])
    }
}
