internal import CanaryEngine
internal import JSONTree
internal import Lab
internal import Manifests

/// Puts one fault of theseus back and plays a scenario in which it matters: the net must catch it.
package struct MustFail: Sendable {
    package let sabotage: Sabotage

    package init(_ sabotage: Sabotage) { self.sabotage = sabotage }

    private var scenario: Scenario {
        switch sabotage {
        case .greedyRoute, .wholeSpec:
            Scenario(
                "must-fail", flow: DemoFlow.short, world: DemoVariations.withNeighbour,
                ends: .promoted)
        case .zeroOfZero:
            Scenario(
                "must-fail",
                flow: DemoFlow.text(
                    steps: """
                            - backup
                            - deploy: {deadline: 2m}
                            - route
                            - weight: 100
                            - bake: {for: 30s, maxFor: 3m, gates: [errors]}
                            - retire
                        """),
                manifest: DemoFlow.manifest(version: "v2", behaviour: "never-ready"),
                ends: .rolledBack)
        case .flatteringMetrics:
            Scenario(
                "must-fail",
                flow: DemoFlow.text(
                    steps: """
                            - backup
                            - deploy: {deadline: 2m}
                            - route
                            - weight: 100
                            - bake: {for: 30s, maxFor: 10m, gates: [errors]}
                            - retire
                        """), version: "v3", ends: .rolledBack)
        case .deafHome:
            Scenario("must-fail", flow: DemoFlow.short, version: "v3", ends: .rolledBack)
        case .forgottenMarks, .wildWeights, .shortWeights, .lateSubset, .neverPinned, .impatient,
            .unfenced, .hastyRemoval:
            Scenario("must-fail", flow: DemoFlow.short, ends: .promoted)
        case .waitForAll: Self.abortWithLameStable
        case .deafAfterPromote:
            Scenario(
                "must-fail", flow: DemoFlow.short,
                events: [
                    .init(.upon(after: .seconds(3)) { $0.isBaking(at: 50) }, .wish(.promote)),
                    .init(.upon(after: .seconds(3)) { $0.isBaking(at: 100) }, .wish(.abort)),
                ], ends: .rolledBack)
        case .flappingDeadline:
            Scenario(
                "must-fail",
                flow: DemoFlow.text(
                    extra: "limits: {ready: 30s}", steps: DemoFlow.shortSteps),
                manifest: DemoFlow.manifest(version: "v2", behaviour: "flap"), ends: .rolledBack)
        case .skippedDeadline:
            // Where routes cannot be written nobody comes home in time.
            Scenario("must-fail", flow: DemoFlow.short, ends: .personNeeded).with {
                $0.excuses = ["L2 120 s after it could go home the candidate still had 1%"]
            }
        case .hastyGate: Self.blindBake("empty")
        case .harmlessNaN: Self.blindBake("nan")
        case .lastSeries: Self.blindBake("many-series")
        case .strangeRoute:
            Scenario(
                "must-fail", flow: DemoFlow.short, world: DemoVariations.withStrangeRoute,
                ends: .promoted)
        case .lostHook:
            Scenario(
                "must-fail",
                flow: DemoFlow.text(
                    smoke: """
                        {http: {path: /, requests: 20, dark: true}, timeout: 1m, retries: 1}
                            announce: {webhook: {url: "https://hooks.example.test/ok"}}
                        """, extra: "hooks: {promoted: [announce]}", steps: DemoFlow.shortSteps),
                ends: .promoted)
        case .homeToBroken:
            Scenario("must-fail", flow: DemoFlow.short, version: "v3", ends: .rolledBack)
        }
    }

    /// A good candidate whose metrics cannot be read from its first bake on.
    private static func blindBake(_ fault: JSONTree) -> Scenario {
        Scenario(
            "must-fail", flow: DemoFlow.short,
            events: [
                .init(
                    .upon(after: .seconds(1)) { $0.isBaking(at: 1) },
                    .world { _ = $0.mesh.turn("prometheus", ["fault": fault]) })
            ], ends: .rolledBack)
    }

    /// One of stable's pods is lost, and another takes five minutes; meanwhile somebody aborts.
    private static let abortWithLameStable = Scenario(
        "must-fail", flow: DemoFlow.short,
        events: [
            .init(
                .upon(after: .seconds(3)) { $0.isBaking(at: 50) },
                .world { world in
                    world.cluster.pace.readyAfter = .seconds(300)
                    let pod = world.cluster.objects(.pod).first {
                        $0.name.hasPrefix("demo-app-v1-")
                    }
                    if let pod { world.cluster.evict(namespace: "demo", pod: pod.name) }
                }),
            .init(.upon(after: .seconds(8)) { $0.isBaking(at: 50) }, .wish(.abort)),
        ], ends: .rolledBack)

    private var mishap: Mishap {
        var mishap = Mishap(sabotage: sabotage)
        if sabotage == .unfenced {
            // The first process stands still before a write until another has taken the run.
            mishap.stall = Lifeline.Stall(
                effect: shift(), point: .before, lasts: .seconds(60))
            mishap.reliefs = [.seconds(110)]
        }
        if sabotage == .skippedDeadline {
            // For an hour no route can be written.
            mishap.calls = FaultPlan { call in
                let isLost =
                    call.method == "PUT" && call.url.contains("/virtualservices/")
                    && call.at > .seconds(100) && call.at < .seconds(3700)
                return isLost ? .status(500) : nil
            }
        }
        if sabotage == .lostHook {
            // Between the promotion and who is told of it.
            mishap.deaths = [.init(effect: effect { $0.hasPrefix("webhook /ok") }, point: .before)]
        }
        return mishap
    }

    /// The first write of a weight, among the effects of a day without mishap.
    private func shift() -> Int {
        effect(behind: 3) { $0.contains("PUT") && $0.contains("/virtualservices/") }
    }

    /// The number of such an effect of a day without mishap.
    private func effect(behind others: Int = 0, _ isMeant: (String) -> Bool) -> Int {
        guard let effects = try? Stage(scenario).play().effects.first else { return 1 }
        let places = effects.indices.filter { isMeant(effects[$0]) }
        return (places.dropFirst(others).first ?? 0) + 1
    }

    /// What the same story brings without the fault: nothing, or the fault proves nothing.
    package func complaintsWithout() throws -> [String] {
        var honest = mishap
        honest.sabotage = nil
        return try Stage(scenario).play(honest).complaints(scenario)
    }

    /// What the story brings with the fault.
    package func bill() throws -> Playbill { try Stage(scenario).play(mishap) }

    package func complaints() throws -> [String] { try bill().complaints(scenario) }
}
