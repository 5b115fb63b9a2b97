internal import Lab

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
            .unfenced:
            Scenario("must-fail", flow: DemoFlow.short, ends: .promoted)
        }
    }

    private var mishap: Mishap {
        var mishap = Mishap(sabotage: sabotage)
        if sabotage == .unfenced {
            // The first process stands still before a write until another has taken the run.
            mishap.stall = Lifeline.Stall(
                effect: shift(), point: .before, lasts: .seconds(60))
            mishap.reliefs = [.seconds(110)]
        }
        return mishap
    }

    /// The first write of a weight, among the effects of a day without mishap.
    private func shift() -> Int {
        guard let effects = try? Stage(scenario).play().effects.first else { return 1 }
        let places = effects.indices.filter { effects[$0].contains("PUT") }
            .filter { effects[$0].contains("/virtualservices/") }
        return (places.dropFirst(3).first ?? 0) + 1
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
