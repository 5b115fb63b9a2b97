internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// Promotion is decided, and only then the candidate loses what users stand on.
extension Repertoire {
    private static let candidate = ObjectReference(
        .deployment, namespace: "demo", name: "demo-app-v2")

    private static let decided = Scenario.Event.Moment.upon(after: .seconds(1)) { $0.isClosing }

    private static func crash(_ state: inout LabState) {
        state.cluster.setBehaviour(.crash, namespace: "demo", deployment: "demo-app-v2")
    }

    private static let mended = Scenario.Event(
        .upon(after: .seconds(60)) { $0.isClosing },
        .world { $0.cluster.setBehaviour(nil, namespace: "demo", deployment: "demo-app-v2") })

    /// Stable's pods are the only ones that could still answer: they stay, and a person hears why.
    private static func lost(
        _ name: String, _ moment: Scenario.Event.Moment,
        _ deed: @escaping @Sendable (inout LabState) -> Void
    ) -> Scenario {
        Scenario(
            name, flow: DemoFlow.short, events: [.init(moment, .world(deed))], ends: .personNeeded
        ).with {
            $0.mayLoseRequests = true
            $0.saying = "candidate demo-app-v2 has 0 of 3 ready pods"
        }
    }

    static let late: [Scenario] = [
        lost("candidate-crashes-late", decided) { crash(&$0) },
        // Somebody mends it in time.
        lost("candidate-mended-late", decided) { crash(&$0) }.with {
            $0.events.append(mended)
            $0.ends = [.promoted]
            $0.saying = "waits to let demo-app-v1 go: candidate demo-app-v2 has 0 of 3 ready pods"
        },
        lost("candidate-deleted-late", decided) {
            $0.cluster.remove(candidate, by: "kubectl-delete")
        }.with {
            $0.saying =
                "candidate demo-app-v2 has 0 of 3 ready pods (there is no Deployment demo-app-v2);"
                + " stable demo-app-v1 stays"
        },
        // Users have no other way any more, but stable's pods are not gone yet.
        lost(
            "candidate-emptied-late", .upon(after: .seconds(1)) { $0.isDrainingStable }
        ) { state in
            let autoscaler = ObjectReference(.autoscaler, namespace: "demo", name: "demo-app-v2")
            state.cluster.remove(autoscaler, by: "kubectl-delete")
            state.cluster.edit(candidate, by: "kubectl-scale") { $0.spec["replicas"] = 0 }
        },
    ]
}
