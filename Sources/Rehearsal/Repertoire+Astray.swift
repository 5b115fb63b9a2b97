internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// Others lead users to the candidate when these are home already, or have never left.
extension Repertoire {
    /// What is in flight may take so long that who was led away would stay there for minutes.
    private static let patient = DemoFlow.text(
        extra: "limits: {drain: 5m}", steps: DemoFlow.shortSteps)

    private static func lead(_ state: inout LabState, by manager: String, _ list: JSONTree) {
        state.cluster.edit(DemoVariations.routes, by: manager) { routes in
            routes.tree.set([["name": "primary", "route": list]], at: "spec", "http")
        }
    }

    private static let anybody: JSONTree = [["destination": ["host": "demo-app"]]]
    private static let candidate: JSONTree = [
        ["destination": ["host": "demo-app", "subset": "v2"], "weight": 100]
    ]
    private static let half50: JSONTree = [
        ["destination": ["host": "demo-app", "subset": "v1"], "weight": 50],
        ["destination": ["host": "demo-app", "subset": "v2"], "weight": 50],
    ]

    /// Aborted at half, and then somebody has another idea.
    private static func led(
        _ name: String, upon leg: Leg, _ deed: @escaping @Sendable (inout LabState) -> Void
    ) -> Scenario {
        Scenario(
            name, flow: patient,
            events: [
                .init(.upon(after: .seconds(1)) { $0.isBaking(at: 50) }, .wish(.abort)),
                .init(.upon(after: .seconds(2)) { $0.leg == leg }, .world(deed)),
            ], ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.mayLoseRequests = true
            $0.highestWeight = half
            $0.saying = "users were led away from home; put right: VirtualService demo/demo-app"
        }
    }

    static let astray: [Scenario] = [
        led("led-away", upon: .seeHome) { lead(&$0, by: "kubectl-patch", candidate) },
        led("led-away-draining", upon: .drainCandidate) {
            lead(&$0, by: "kubectl-patch", candidate)
        },
        led("unpinned-draining", upon: .drainCandidate) {
            lead(&$0, by: "kubectl-patch", anybody)
        },
        // Everybody is home, and home is emptied: nobody waits for the end of the drain.
        led("emptied-draining", upon: .drainCandidate) { state in
            let stable = ObjectReference(.deployment, namespace: "demo", name: "demo-app-v1")
            state.cluster.edit(stable, by: "kubectl-scale") { $0.spec["replicas"] = 0 }
        }.with {
            $0.saying =
                "noticed(\"stable demo-app-v1 had been scaled to 0 pods; last written by kubectl-scale;"
                + " it is brought to 3 again"
        },
        // No weight was out: the routes alone tell that users meet what nobody has judged.
        Scenario(
            "unpinned-dark", flow: patient,
            events: [
                .init(
                    .upon(after: .seconds(1)) { $0.isAwaitingReady },
                    .world { lead(&$0, by: "kubectl-patch", anybody) })
            ], ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.highestWeight = .none
            $0.saying = "users were led away from home; put right: VirtualService demo/demo-app"
        },
        // A tool that has half of the users with the candidate, and has the last word.
        led("fought-home", upon: .drainCandidate) { state in
            lead(&state, by: "argocd-controller", half50)
            state.cluster.keep(
                DemoVariations.routes, putBackAfter: .seconds(1), by: "argocd-controller")
        }.with {
            $0.ends = [.personNeeded]
            $0.endsAfterCrash = [.rolledBack]
            $0.saying = "users are led away from home again and again"
        },
        // The same by a tool whose source knows neither version: without the pods nobody meets them.
        led("fought-home-unpinned", upon: .drainCandidate) { state in
            lead(&state, by: "argocd-controller", anybody)
            state.cluster.keep(
                DemoVariations.routes, putBackAfter: .seconds(1), by: "argocd-controller")
        }.with { $0.saying = "users are led away from home again and again" },
    ]
}
