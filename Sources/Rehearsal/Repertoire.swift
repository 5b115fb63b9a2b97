internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// The scenarios that every build plays.
package enum Repertoire {
    /// All of them, in a fixed order; their names differ.
    package static let all: [Scenario] =
        releases + refusals + strangers + wishes + weather + surroundings + metamorphoses
        + shapes + hosts
        + leftBehind + scales + hooks + beginnings + removals + keda + secrets + templates
        + judges + emptyings + meddling + late + astray + unrecorded
        + rights

    /// Its core: those of which every build plays every death.
    ///
    /// Of the others it plays those that `DeathChoice` takes.
    package static let thorough = [
        "good", "bad", "smoke-fails", "crash-loop", "never-ready", "pods-vanish", "once-asked",
        "abort-deploy", "abort-at-50", "abort-after-shrink", "rejected", "tool-reverts",
        "two-routes-back", "side-door", "hook-says-no", "drilled", "first-release",
        "first-release-back", "removal-forced", "hosts-next-back", "stable-emptied",
        "stable-emptied-dark", "rule-deleted",
    ]

    package static func scenario(_ name: String) -> Scenario? { all.first { $0.name == name } }

    /// A command in place of the smoke test.
    private static let command = "{command: [\"./smoke\"], timeout: 1m}"

    // MARK: A candidate that is good, and some that are not

    private static let releases: [Scenario] = [
        Scenario("good", flow: DemoFlow.short, ends: .promoted),
        Scenario("bad", flow: DemoFlow.short, version: "v3", ends: .rolledBack)
            .with { $0.highestWeight = .least },
        Scenario(
            "smoke-fails", flow: DemoFlow.text(smoke: command, steps: DemoFlow.shortSteps),
            commands: { _, _ in .code(1) }, ends: .rolledBack
        ).with { $0.highestWeight = .none },
        Scenario(
            "crash-loop", flow: DemoFlow.short,
            manifest: DemoFlow.manifest(version: "v2", behaviour: "crash"), ends: .rolledBack
        ).with {
            $0.highestWeight = .none
            $0.saying = "postgres://***@db/app"
        },
        Scenario(
            "never-ready", flow: DemoFlow.short,
            manifest: DemoFlow.manifest(version: "v2", behaviour: "never-ready"),
            ends: .rolledBack
        ).with { $0.highestWeight = .none },
        Scenario(
            "flapping", flow: DemoFlow.short,
            manifest: DemoFlow.manifest(version: "v2", behaviour: "flap"), ends: .rolledBack
        ).with {
            $0.mayLoseRequests = true
            // Whether two looks in a row find no ready pod is a matter of when they fall.
            $0.endsAfterCrash = [.promoted]
        },
        Scenario(
            "slow-at-half", flow: DemoFlow.short,
            events: [
                .init(
                    .upon(after: .seconds(5)) { $0.isBaking(at: 1) },
                    .world {
                        _ = $0.mesh.turn("versions", ["v2": ["latency": ["median": 900]]])
                    })
            ], ends: .rolledBack
        ).with { $0.highestWeight = half },
        Scenario(
            "pods-vanish", flow: DemoFlow.short,
            events: [
                .init(
                    .upon(after: .seconds(7)) { $0.isBaking(at: 50) },
                    .world {
                        $0.cluster.setBehaviour(
                            .crash, namespace: "demo", deployment: "demo-app-v2")
                    })
            ], ends: .rolledBack
        ).with {
            $0.mayLoseRequests = true
            $0.highestWeight = half
        },
    ]

    static let half = TrafficWeight(percent: 50) ?? .all

    // MARK: Tests that may run once, and worlds in which a run does not begin

    private static let refusals: [Scenario] = [
        Scenario(
            "once", flow: onceFlow(""), ends: .promoted
        ).with { $0.endsAfterCrash = [.rolledBack] },
        Scenario(
            "once-asked", flow: onceFlow("onCutOff: ask"),
            events: [.init(.upon(after: .seconds(20)) { $0.isAsking }, .wish(.approve))],
            ends: .promoted),
        Scenario(
            "once-rejected", flow: onceFlow("onCutOff: ask"),
            events: [.init(.upon(after: .seconds(20)) { $0.isAsking }, .wish(.reject))],
            ends: .promoted
        ).with { $0.endsAfterCrash = [.rolledBack] },
        Scenario(
            "stable-unfit", flow: DemoFlow.short, world: DemoVariations.brokenStable,
            ends: .refused
        ).with { $0.mayLoseRequests = true },
    ]

    private static func onceFlow(_ extra: String) -> String {
        DemoFlow.text(
            smoke: "{command: [\"./smoke\"], timeout: 1m, repeat: once}", extra: extra,
            steps: """
                    - backup
                    - deploy: {deadline: 2m}
                    - route
                    - test: smoke
                    - weight: 50
                    - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                    - test: smoke
                    - weight: 100
                    - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                    - retire
                """)
    }

    // MARK: What people wish

    private static func abort(
        _ name: String, _ highest: TrafficWeight,
        _ isMeant: @escaping @Sendable (Standing) -> Bool
    ) -> Scenario {
        Scenario(
            name, flow: DemoFlow.short,
            events: [.init(.upon(after: .seconds(1), isMeant), .wish(.abort))],
            ends: .rolledBack
        ).with { $0.highestWeight = highest }
    }

    private static let approval = DemoFlow.text(
        steps: """
                - backup
                - deploy: {deadline: 2m}
                - route
                - weight: 50
                - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                - approve: {timeout: 3m}
                - weight: 100
                - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                - retire
            """)

    private static let wishes: [Scenario] = [
        abort("abort-deploy", .none) { $0.isAwaitingReady },
        abort("abort-at-1", .least) { $0.isBaking(at: 1) },
        abort("abort-at-50", half) { $0.isBaking(at: 50) },
        abort("abort-after-shrink", .all) { $0.isBaking(at: 100) },
        Scenario(
            "pause", flow: DemoFlow.short,
            events: [
                .init(.upon(after: .seconds(3)) { $0.isBaking(at: 1) }, .wish(.pause)),
                .init(.upon(after: .seconds(90)) { $0.isPaused }, .wish(.resume)),
                .init(.upon(after: .seconds(8)) { $0.isBaking(at: 100) }, .wish(.promote)),
            ], ends: .promoted),
        Scenario(
            "approved", flow: approval,
            events: [.init(.upon(after: .seconds(60)) { $0.isApproving }, .wish(.approve))],
            ends: .promoted),
        Scenario(
            "rejected", flow: approval,
            events: [.init(.upon(after: .seconds(60)) { $0.isApproving }, .wish(.reject))],
            ends: .rolledBack),
        Scenario("nobody-approves", flow: approval, ends: .rolledBack),
    ]

    // MARK: Metrics, tests and people that do what they must not

    private static let hanging = DemoFlow.text(smoke: command, steps: DemoFlow.shortSteps)

    private static let weather: [Scenario] = [
        Scenario(
            "prometheus-hangs", flow: DemoFlow.short,
            events: [
                .init(
                    .upon(after: .seconds(1)) { $0.isBaking(at: 1) },
                    .world { _ = $0.mesh.turn("prometheus", ["fault": "hang"]) })
            ], ends: .rolledBack
        ).with { $0.highestWeight = .least },
        Scenario(
            "prometheus-lies", flow: DemoFlow.short,
            events: [
                .init(
                    .upon(after: .seconds(1)) { $0.isBaking(at: 50) },
                    .world { _ = $0.mesh.turn("prometheus", ["fault": "nan"]) })
            ], ends: .rolledBack
        ).with { $0.highestWeight = half },
        Scenario(
            "abort-while-all-hangs", flow: hanging,
            events: [
                .init(
                    .upon(after: .seconds(1)) { $0.isBaking(at: 50) },
                    .world { _ = $0.mesh.turn("prometheus", ["fault": "hang"]) }),
                .init(.upon(after: .seconds(10)) { $0.isBaking(at: 50) }, .wish(.abort)),
            ],
            commands: { _, at in at > .seconds(150) ? .hangs : .code(0) }, ends: .rolledBack
        ).with { $0.highestWeight = half },
        Scenario(
            "person-edits", flow: DemoFlow.short,
            events: [
                .init(
                    .upon(after: .seconds(5)) { $0.isBaking(at: 50) },
                    .world { state in
                        state.cluster.edit(DemoVariations.routes, by: "kubectl-edit") {
                            DemoVariations.weigh(&$0, 20)
                        }
                    })
            ], ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.highestWeight = half
            $0.saying = "kubectl-edit"
        },
        Scenario(
            "tool-reverts", flow: DemoFlow.short,
            events: [
                .init(
                    .at(.zero),
                    .world { state in
                        state.cluster.keep(
                            DemoVariations.routes, putBackAfter: .seconds(20),
                            by: "argocd-controller")
                    })
            ], ends: .rolledBack
        ).with {
            $0.hasForeignHands = true
            $0.endsAfterCrash = [.personNeeded]
            $0.saying =
                "changed by argocd-controller; to end this, in the Application set"
                + " spec.ignoreDifferences: [{group: networking.istio.io, kind: VirtualService,"
                + " name: demo-app, namespace: demo, jqPathExpressions: [.spec.http]}] and"
                + " spec.syncPolicy.syncOptions: [RespectIgnoreDifferences=true]"
        },
        // Stable is decided to go, and all users are led back to it.
        Scenario(
            "tool-reverts-late", flow: DemoFlow.short, world: DemoVariations.withSubsets,
            events: [
                .init(
                    .upon(after: .seconds(1)) { $0.isDrainingStable },
                    .world { state in
                        state.cluster.edit(DemoVariations.routes, by: "kustomize-controller") {
                            $0.spec = DemoVariations.blue
                        }
                    })
            ], ends: .personNeeded
        ).with {
            $0.hasForeignHands = true
            // The run may be over before the tool comes.
            $0.endsAfterCrash = [.promoted]
            $0.saying =
                "subset blue cannot go: VirtualService demo/demo-app, http route primary still names"
                + " it; changed by kustomize-controller; to end this, in the Kustomization add"
        },
    ]

    // MARK: Other worlds

    private static let surroundings: [Scenario] = [
        Scenario(
            "without-routes",
            flow: DemoFlow.text(
                routes: "observe: {deadline: 60s}",
                steps: """
                        - backup
                        - deploy: {deadline: 2m}
                        - route
                        - weight: 1
                        - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                        - weight: 50
                        - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                        - weight: 100
                        - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                        - retire
                    """), world: DemoVariations.withoutRoutes, ends: .promoted),
        Scenario(
            "without-routes-back",
            flow: DemoFlow.text(
                routes: "observe: {deadline: 60s}",
                steps: """
                        - backup
                        - deploy: {deadline: 2m}
                        - route
                        - weight: 10
                        - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                        - weight: 100
                        - retire
                    """), version: "v3", world: DemoVariations.withoutRoutes, ends: .rolledBack),
        Scenario(
            "with-subsets", flow: DemoFlow.short, world: DemoVariations.withSubsets,
            ends: .promoted),
        Scenario(
            "with-subsets-back", flow: DemoFlow.short, version: "v3",
            world: DemoVariations.withSubsets, ends: .rolledBack),
        Scenario(
            "without-autoscaler", flow: DemoFlow.short, world: DemoVariations.withoutAutoscaler,
            ends: .promoted),
        Scenario(
            "without-autoscaler-back", flow: DemoFlow.short, version: "v3",
            world: DemoVariations.withoutAutoscaler, ends: .rolledBack),
        Scenario(
            "slow-mesh", flow: DemoFlow.short, world: DemoVariations.slowMesh, ends: .promoted),
        Scenario(
            "with-neighbour", flow: DemoFlow.short, world: DemoVariations.withNeighbour,
            ends: .promoted),
        Scenario(
            "with-neighbour-back", flow: DemoFlow.short, version: "v3",
            world: DemoVariations.withNeighbour, ends: .rolledBack),
        Scenario("good-in-cluster", flow: DemoFlow.short, ends: .promoted)
            .with { $0.keepsJournalInCluster = true },
        Scenario(
            "guarded",
            flow: DemoFlow.text(extra: "guard: {image: theseus}", steps: DemoFlow.shortSteps),
            ends: .promoted
        ).with {
            $0.keepsJournalInCluster = true
            $0.saying = "CronJob demo/theseus-guard-demo-app looks on"
        },
        Scenario(
            "crash-loop-in-cluster",
            flow: DemoFlow.text(extra: "guard: {image: theseus}", steps: DemoFlow.shortSteps),
            manifest: DemoFlow.manifest(version: "v2", behaviour: "crash"), ends: .rolledBack
        ).with {
            $0.highestWeight = .none
            $0.keepsJournalInCluster = true
        },
        Scenario(
            "blind-in-the-dark", flow: DemoFlow.bare,
            events: [
                .init(
                    .upon(after: .seconds(1)) { $0.isAwaitingReady },
                    .world { _ = $0.mesh.turn("prometheus", ["fault": "hang"]) })
            ], ends: .promoted
        ).with { $0.saying = "nobody could look who meets it" },
        Scenario(
            "side-door", flow: DemoFlow.short, world: DemoVariations.withSideDoor,
            ends: .rolledBack
        ).with {
            $0.highestWeight = .none
            $0.hasSideDoor = true
            $0.saying = "the candidate is not dark: it met"
        },
        Scenario("whole-way", ends: .promoted),
        Scenario("whole-way-back", version: "v3", ends: .rolledBack)
            .with { $0.highestWeight = .least },
    ]
}
