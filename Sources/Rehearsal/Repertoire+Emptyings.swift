internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// People who take from a version what it runs on, by hand and in the middle of a run.
extension Repertoire {
    private static func deployment(_ version: String) -> ObjectReference {
        ObjectReference(.deployment, namespace: "demo", name: "demo-app-\(version)")
    }

    private static func scale(_ version: String, to count: Int) -> Scenario.Event.Deed {
        .world { state in
            state.cluster.edit(deployment(version), by: "kubectl-scale") {
                $0.spec["replicas"] = .integer(count)
            }
        }
    }

    /// Half of the users find nobody until stable has pods again: nobody waits for a gate to say so.
    private static func emptied(_ name: String, _ world: LabWorldFile) -> Scenario {
        Scenario(
            name, flow: DemoFlow.short, world: world,
            events: [
                .init(.upon(after: .seconds(5)) { $0.isBaking(at: 50) }, scale("v1", to: 0))
            ], ends: .rolledBack
        ).with {
            $0.mayLoseRequests = true
            $0.highestWeight = half
            $0.saying = "stable demo-app-v1 to 0 pods, and the 50% of users that it has need 2"
        }
    }

    /// Nobody is at the candidate yet, and stable has none for anybody.
    private static func emptiedInTheDark(
        _ name: String, _ world: LabWorldFile, _ hand: String = "kubectl-scale"
    ) -> Scenario {
        Scenario(
            name, flow: DemoFlow.short, world: world,
            events: [
                .init(.upon(after: .seconds(1)) { $0.isAwaitingReady }, scale("v1", to: 0))
            ], ends: .rolledBack
        ).with {
            $0.mayLoseRequests = true
            $0.highestWeight = .none
            $0.saying =
                "stable demo-app-v1 had been scaled to 0 pods; last written by \(hand);"
                + " it is brought to 3 again"
        }
    }

    /// What holds stable at its size is taken off while half of the users have it.
    private static func released(
        _ name: String, _ world: LabWorldFile,
        _ kind: ResourceKind, percent: Int = 50, saying: String,
        _ change: @escaping @Sendable (inout KubernetesObject) -> Void
    ) -> Scenario {
        let reference = ObjectReference(kind, namespace: "demo", name: "demo-app-v1")
        return Scenario(
            name, flow: DemoFlow.short, world: world,
            events: [
                .init(
                    .upon(after: .seconds(5)) { $0.isBaking(at: percent) },
                    .world { $0.cluster.edit(reference, by: "kubectl-patch", change) })
            ], ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.highestWeight = TrafficWeight(percent: percent) ?? .all
            $0.saying = saying
        }
    }

    private static let paused = "autoscaling.keda.sh/paused-replicas"

    /// Stable's new pods do not come up: what is waited for is told until somebody mends it.
    private static let held = Scenario(
        "stable-held-up", flow: DemoFlow.short,
        events: [
            .init(
                .upon(after: .seconds(2)) { $0.isBaking(at: 100) },
                .world {
                    $0.cluster.setBehaviour(
                        .neverReady, namespace: "demo", deployment: "demo-app-v1")
                }),
            .init(.upon(after: .seconds(5)) { $0.isBaking(at: 100) }, .wish(.abort)),
            .init(
                .upon(after: .seconds(40)) { $0.isGoingHome },
                .world {
                    $0.cluster.setBehaviour(nil, namespace: "demo", deployment: "demo-app-v1")
                }),
        ], ends: .rolledBack
    ).with {
        $0.saying = "waits to go home: stable demo-app-v1 has 0 of 3 ready pods"
    }

    private static let autoscaler = ObjectReference(
        .autoscaler, namespace: "demo", name: "demo-app-v2")

    /// Gone, and perhaps another one in its place: what was judged had its own.
    private static func unscaled(
        _ name: String, _ saying: String, _ deed: @escaping @Sendable (inout LabState) -> Void
    ) -> Scenario {
        Scenario(
            name, flow: DemoFlow.short,
            events: [.init(.upon(after: .seconds(2)) { $0.isBaking(at: 100) }, .world(deed))],
            ends: .rolledBack
        ).with { $0.saying = saying }
    }

    static let emptyings: [Scenario] = [
        held,
        // Nobody mends it: users stay where pods are, and a person hears why.
        held.with {
            $0.name = "stable-lost"
            $0.events.removeLast()
            $0.ends = [.personNeeded]
            $0.saying =
                "not all traffic came home in time: stable demo-app-v1 has 0 of 3 ready pods"
        },
        emptied("stable-emptied", DemoWorld.file),
        emptied("stable-emptied-by-hand", DemoVariations.withoutAutoscaler),
        // KEDA, paused at three, puts it right by itself: nobody need turn for it, but whoever wants to.
        emptied("stable-emptied-keda", DemoVariations.withKEDA).with {
            $0.events.append(
                .init(.upon(after: .seconds(12)) { $0.isBaking(at: 50) }, .wish(.abort)))
            $0.saying = ""
        },
        emptiedInTheDark("stable-emptied-dark", DemoWorld.file),
        emptiedInTheDark("stable-emptied-dark-by-hand", DemoVariations.withoutAutoscaler),
        released(
            "minimum-taken-off", DemoWorld.file, .autoscaler,
            saying: "somebody took off what holds stable at 3 pods: HorizontalPodAutoscaler"
                + " demo/demo-app-v1 has minReplicas 1; last written by kubectl-patch"
        ) { $0.spec["minReplicas"] = 1 },
        // It changes nothing yet, and the next weight would rest on it.
        released(
            "minimum-taken-off-quietly", DemoWorld.file, .autoscaler, percent: 1,
            saying: "somebody took off what holds stable at 3 pods"
        ) { $0.spec["minReplicas"] = 2 },
        released(
            "keda-resumed", DemoVariations.withKEDA, .scaledObject,
            saying: "somebody took off what holds stable at 3 pods: ScaledObject demo/demo-app-v1"
                + " has autoscaling.keda.sh/paused-replicas no more"
        ) { $0.annotate(paused, nil) },
        // A part of the way is done, and what it stood on goes.
        Scenario(
            "stable-emptied-half-way", flow: DemoFlow.short,
            events: [
                .init(.upon(after: .seconds(5)) { $0.isBaking(at: 100) }, .wish(.abort)),
                .init(.upon(after: .seconds(2)) { $0.isGoingHome }, scale("v1", to: 0)),
            ], ends: .rolledBack
        ).with {
            $0.mayLoseRequests = true
            $0.saying = "lowered("
        },
        unscaled(
            "autoscaler-removed",
            "the autoscaler that this run gave demo-app-v2 was removed by somebody else"
        ) { state in
            state.cluster.remove(autoscaler, by: "kubectl-delete")
            state.cluster.edit(deployment("v2"), by: "kubectl-scale") { $0.spec["replicas"] = 2 }
        },
        // It could not grow with its users any more.
        unscaled(
            "candidates-maximum-lowered",
            "somebody lowered the candidate's autoscaler: HorizontalPodAutoscaler demo/demo-app-v2 has"
                + " maxReplicas 4, and this run gave it 10; last written by kubectl-patch"
        ) { state in
            state.cluster.edit(autoscaler, by: "kubectl-patch") { $0.spec["maxReplicas"] = 4 }
        }.with { $0.hasForeignHands = true },
        unscaled(
            "candidates-maximum-raised",
            "HorizontalPodAutoscaler demo/demo-app-v2, and stays so: maxReplicas 20, and this run gave"
                + " it 10; last written by kubectl-patch"
        ) { state in
            state.cluster.edit(autoscaler, by: "kubectl-patch") { $0.spec["maxReplicas"] = 20 }
        }.with {
            $0.hasForeignHands = true
            $0.ends = [.promoted]
        },
        // Fewer pods than stable had are all that will come: nobody stays with what failed its gate.
        Scenario(
            "maximum-lowered", flow: DemoFlow.short,
            events: [
                .init(
                    .upon(after: .seconds(2)) { $0.isBaking(at: 100) },
                    .world { state in
                        let autoscaler = ObjectReference(
                            .autoscaler, namespace: "demo", name: "demo-app-v1")
                        state.cluster.edit(autoscaler, by: "kubectl-patch") {
                            $0.spec["maxReplicas"] = 2
                        }
                    }),
                .init(
                    .upon(after: .seconds(4)) { $0.isBaking(at: 100) },
                    .world { _ = $0.mesh.turn("versions", ["v2": ["errorRate": 0.3]]) }),
            ], ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.saying = "spec.maxReplicas"
        },
    ]
}
