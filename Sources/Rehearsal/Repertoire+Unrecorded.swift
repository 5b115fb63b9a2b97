internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// Somebody takes our record off the routes, as a full replace does, and stable has not its pods: users are
/// led by what serves them all the same.
extension Repertoire {
    private static let stable = ObjectReference(
        .deployment, namespace: "demo", name: "demo-app-v1")
    private static let autoscaler = ObjectReference(
        .autoscaler, namespace: "demo", name: "demo-app-v1")

    private static func takeRecord(_ state: inout LabState) {
        state.cluster.edit(DemoVariations.routes, by: "kubectl-annotate") {
            $0.annotate("theseus.dev/original", nil)
        }
    }

    /// Nothing of ours is left on them, and they lead to whoever is ready.
    private static func replace(_ state: inout LabState) {
        state.cluster.edit(DemoVariations.routes, by: "kubectl-replace") { routes in
            for name in routes.tree.at("metadata", "annotations")?.members?.map(\.key) ?? [] {
                routes.annotate(name, nil)
            }
            routes.tree.set(
                [["name": "primary", "route": [["destination": ["host": "demo-app"]]]]],
                at: "spec", "http")
        }
    }

    private static func empty(_ state: inout LabState) {
        state.cluster.remove(autoscaler, by: "kubectl-delete")
        state.cluster.edit(stable, by: "kubectl-scale") { $0.spec["replicas"] = 0 }
    }

    private static func unrecorded(
        _ name: String, at percent: Int, saying: String,
        _ deed: @escaping @Sendable (inout LabState) -> Void
    ) -> Scenario {
        Scenario(
            name, flow: DemoFlow.short,
            events: [.init(.upon(after: .seconds(5)) { $0.isBaking(at: percent) }, .world(deed))],
            ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.highestWeight = TrafficWeight(percent: percent) ?? .all
            $0.saying = saying
        }
    }

    static let unrecorded: [Scenario] = [
        // Stable has one pod of three: the candidate keeps what that one cannot carry.
        unrecorded("record-taken-after-shrink", at: 100, saying: "lowered(", takeRecord),
        unrecorded("record-taken-stable-emptied", at: 100, saying: "had lost our record") {
            takeRecord(&$0)
            empty(&$0)
        },
        // Half of the users find nobody until stable has pods again, and the other half stays.
        unrecorded("record-taken-at-half", at: 50, saying: "had lost our record") {
            takeRecord(&$0)
            empty(&$0)
        }.with { $0.mayLoseRequests = true },
        unrecorded("routes-replaced-stable-emptied", at: 100, saying: "had lost our record") {
            replace(&$0)
            empty(&$0)
        },
    ]
}
