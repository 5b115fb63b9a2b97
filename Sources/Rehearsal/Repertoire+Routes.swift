internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// Routes of other shapes: several VirtualServices, copies, users who stay.
extension Repertoire {
    private static let both =
        "routes: [{virtualService: demo-app, http: [inside]},"
        + " {virtualService: shop, namespace: edge, http: [front]}]"

    /// Few steps, each of which writes both VirtualServices.
    private static let twoRoutes = DemoFlow.text(
        routes: both,
        steps: """
                - backup
                - deploy: {deadline: 2m}
                - route
                - weight: 10
                - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                - weight: 100
                - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                - retire
            """)

    private static let staying = DemoFlow.text(
        steps: """
                - backup
                - deploy: {deadline: 2m}
                - route
                - mirror: 20
                - pause: 30s
                - sticky: {cookie: demo-version, ttl: 1h}
                - drill: {within: 30s}
                - weight: 10
                - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                - weight: 50
                - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                - weight: 100
                - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                - retire
            """)

    private static let connecting = DemoFlow.text(
        routes: "routes: [{virtualService: demo-app, http: [primary], tcp: [{port: 3306}],"
            + " tls: [{port: 443, sniHosts: [demo.example.test]}]}]",
        steps: DemoFlow.shortSteps)

    private static let writingBack = DemoFlow.text(
        extra: "gitops: {writeBack: source, within: 1h}",
        steps: """
                - backup
                - deploy: {deadline: 2m}
                - route
                - weight: 50
                - bake: {for: 30s, maxFor: 4m, gates: [errors]}
                - weight: 100
                - retire
            """)

    /// The tool applies what was committed.
    private static let applied = Scenario.Event(
        .upon(after: .seconds(20)) { $0.isAwaitingWriteBack },
        .world { state in
            state.cluster.edit(DemoVariations.routes, by: "argocd-controller") { routes in
                let candidate: JSONTree = [
                    "destination": ["host": "demo-app", "subset": "v2"]
                ]
                routes.tree.set(
                    [["name": "primary", "route": [candidate]]], at: "spec", "http")
            }
        })

    static let shapes: [Scenario] = [
        Scenario(
            "connections", flow: connecting, world: DemoVariations.connections, ends: .promoted),
        Scenario(
            "connections-back", flow: connecting, version: "v3", world: DemoVariations.connections,
            ends: .rolledBack),
        Scenario(
            "write-back", flow: writingBack, world: DemoVariations.kept, events: [applied],
            ends: .promoted
        ).with {
            $0.hasForeignHands = true
            $0.saying = "manifests are in /rehearsal/source: commit them"
        },
        Scenario(
            "write-back-abort", flow: writingBack, world: DemoVariations.kept,
            events: [.init(.upon(after: .seconds(20)) { $0.isAwaitingWriteBack }, .wish(.abort))],
            ends: .rolledBack),
        Scenario("two-routes", flow: twoRoutes, world: DemoVariations.twoRoutes, ends: .promoted),
        Scenario(
            "two-routes-back", flow: twoRoutes, version: "v3", world: DemoVariations.twoRoutes,
            ends: .rolledBack),
        Scenario(
            "two-routes-edited", flow: twoRoutes, world: DemoVariations.twoRoutes,
            events: [
                .init(
                    .upon(after: .seconds(5)) { $0.isBaking(at: 10) },
                    .world { state in
                        state.cluster.edit(DemoVariations.front, by: "kubectl-edit") {
                            DemoVariations.weigh(&$0, 40)
                        }
                    })
            ], ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.saying = "kubectl-edit"
        },
        Scenario("sticky", flow: staying, ends: .promoted),
        Scenario("sticky-back", flow: staying, version: "v3", ends: .rolledBack),
        Scenario(
            "mirror-abort", flow: staying,
            events: [
                .init(.upon(after: .seconds(5)) { $0.isPausing }, .wish(.abort))
            ], ends: .rolledBack
        ).with { $0.highestWeight = .none },
    ]
}
