internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// Somebody takes away, by hand and in the middle of a run, what its routes rest on.
extension Repertoire {
    private static let rule = ObjectReference(.destinationRule, namespace: "demo", name: "demo-app")

    private static func meddled(
        _ name: String, _ flow: String = DemoFlow.short, _ world: LabWorldFile = DemoWorld.file,
        saying: String, _ moment: Scenario.Event.Moment,
        _ deed: @escaping @Sendable (inout LabState) -> Void
    ) -> Scenario {
        Scenario(
            name, flow: flow, world: world, events: [.init(moment, .world(deed))],
            ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.mayLoseRequests = true
            $0.saying = saying
        }
    }

    private static func baking(_ percent: Int) -> Scenario.Event.Moment {
        .upon(after: .seconds(5)) { $0.isBaking(at: percent) }
    }

    private static let inTheDark = Scenario.Event.Moment.upon(after: .seconds(1)) {
        $0.isAwaitingReady
    }

    /// Stable's subset is made to select the candidate's pods.
    private static func turn(_ state: inout LabState) {
        state.cluster.edit(rule, by: "kubectl-patch") { rule in
            var subsets = rule.spec["subsets"]?.items ?? []
            for place in subsets.indices
            where subsets[place].at("labels", "version")?.text == "v1" {
                subsets[place].set("v2", at: "labels", "version")
            }
            rule.tree.set(.array(subsets), at: "spec", "subsets")
        }
    }

    /// A way of its own, to the subset of that name.
    private static func other(_ subset: String) -> @Sendable (inout LabState) -> Void {
        { state in
            let there: JSONTree = ["host": "demo-app", "subset": .string(subset)]
            let tree: JSONTree = [
                "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
                "metadata": ["name": "other", "namespace": "demo"],
                "spec": [
                    "hosts": ["other.example.test"], "gateways": ["demo-gateway"],
                    "http": [["name": "aside", "route": [["destination": there]]]],
                ],
            ]
            state.cluster.put(
                KubernetesObject(tree), as: .virtualService, by: "kubectl-create")
        }
    }

    static let meddling: [Scenario] = [
        meddled(
            "rule-deleted", saying: "DestinationRule demo/demo-app is gone: somebody deleted it",
            baking(50)
        ) { $0.cluster.remove(rule, by: "kubectl") }.with { $0.highestWeight = half },
        meddled(
            "rule-deleted-dark",
            saying: "DestinationRule demo/demo-app is gone: somebody deleted it", inTheDark
        ) { $0.cluster.remove(rule, by: "kubectl") }.with { $0.highestWeight = .none },
        meddled(
            "own-rule-deleted", DemoFlow.short, DemoVariations.withSubsets,
            saying: "DestinationRule demo/demo-app is gone: somebody deleted it", baking(50)
        ) { $0.cluster.remove(rule, by: "kubectl") }.with { $0.highestWeight = half },
        meddled("subset-turned", saying: "changed by kubectl-patch", baking(1)) { turn(&$0) }
            .with { $0.highestWeight = .least },
        meddled(
            "own-subset-turned", DemoFlow.short, DemoVariations.withSubsets,
            saying: "changed by kubectl-patch", inTheDark
        ) { turn(&$0) }.with { $0.highestWeight = .none },
        meddled(
            "rule-elsewhere",
            saying: "DestinationRule demo/demo-app is for the host elsewhere, where it must be for",
            baking(50)
        ) { state in
            state.cluster.edit(rule, by: "kubectl-patch") { $0.spec["host"] = "elsewhere" }
        }.with { $0.highestWeight = half },
        meddled(
            "routes-deleted", saying: "VirtualService demo/demo-app is gone", baking(50)
        ) { $0.cluster.remove(DemoVariations.routes, by: "kubectl") }
        .with { $0.highestWeight = half },
        meddled(
            "routes-deleted-dark", saying: "VirtualService demo/demo-app is gone", inTheDark
        ) { $0.cluster.remove(DemoVariations.routes, by: "kubectl") }
        .with { $0.highestWeight = .none },
        meddled(
            "other-route", DemoFlow.short, DemoVariations.withSubsets,
            saying: "VirtualService demo/other, http route aside leads to stable's subset blue",
            baking(50), other("blue")),
        meddled(
            "other-route-of-ours",
            saying: "subset v1 cannot go: VirtualService demo/other, http route aside",
            baking(50), other("v1")
        ).with { $0.ends = [.personNeeded] },
    ]
}
