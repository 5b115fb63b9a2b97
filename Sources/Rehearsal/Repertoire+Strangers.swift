internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// Pods that have a version's labels, and that nobody can tell from it but by their owner.
extension Repertoire {
    /// As `kubectl run dbg -l app=demo-app,version=…` makes one.
    private static func runPod(_ version: String) -> Scenario.Event.Deed {
        .world { state in
            let pod = KubernetesObject([
                "apiVersion": "v1", "kind": "Pod",
                "metadata": [
                    "name": .string("dbg-\(version)"), "namespace": "demo",
                    "labels": ["app": "demo-app", "version": .string(version)],
                ],
                "spec": ["containers": [["name": "app", "image": "registry.example.test/dbg:1"]]],
            ])
            state.cluster.put(pod, as: .pod, by: "kubectl-run")
        }
    }

    private static func twin(replicas: Int = 2) -> JSONTree {
        var tree = DemoWorld.deployment(version: "v2", replicas: replicas)
        tree.set("demo-app-v2-old", at: "metadata", "name")
        return tree
    }

    private static let createTwin = Scenario.Event.Deed.world { state in
        state.cluster.put(KubernetesObject(twin()), as: .deployment, by: "kubectl-create")
    }

    private static let finding = "the mesh takes for the candidate what is not: pod "

    static let strangers: [Scenario] = [
        Scenario(
            "stranger-refused", flow: DemoFlow.short,
            world: DemoVariations.world { tree in
                tree["objects"] = .array((tree["objects"]?.items ?? []) + [twin()])
            }, ends: .refused
        ).with { $0.hasStrangers = true },
        Scenario(
            "stranger-in-the-dark", flow: DemoFlow.short,
            events: [.init(.upon(after: .zero) { $0.isAwaitingReady }, runPod("v2"))],
            ends: .rolledBack
        ).with {
            $0.highestWeight = .none
            // Once the routes name no version any more the Service leads to it.
            $0.hasStrangers = true
            $0.saying = finding + "dbg-v2 (nobody's)"
        },
        Scenario(
            "stranger-at-half", flow: DemoFlow.short,
            events: [.init(.upon(after: .seconds(5)) { $0.isBaking(at: 50) }, createTwin)],
            ends: .rolledBack
        ).with {
            $0.highestWeight = half
            $0.saying = finding + "demo-app-v2-old-"
        },
        // Whoever goes home waits for nobody else's pods, and says that they stay.
        Scenario(
            "stranger-on-the-way-home", flow: DemoFlow.short,
            events: [
                .init(.upon(after: .seconds(5)) { $0.isBaking(at: 50) }, .wish(.abort)),
                .init(.upon(after: .zero) { $0.isReturning }, runPod("v2")),
            ], ends: .rolledBack
        ).with {
            $0.highestWeight = half
            $0.saying = "labels, and still there: pod dbg-v2"
        },
        // From the decision to promote it only goes forward, past all of them.
        Scenario(
            "strangers-after-the-decision", flow: DemoFlow.short,
            events: [
                .init(.upon(after: .zero) { $0.isClosing }, runPod("v1")),
                .init(.upon(after: .zero) { $0.isClosing }, createTwin),
            ], ends: .promoted
        ),
        // Users of stable meet it, as they would without a run; nobody does after `retire`.
        Scenario(
            "stranger-beside-stable", flow: DemoFlow.short,
            events: [.init(.upon(after: .seconds(5)) { $0.isBaking(at: 1) }, runPod("v1"))],
            ends: .promoted
        ),
    ]
}
