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
                "must-fail", flow: DemoFlow.short,
                manifest: DemoFlow.manifest(version: "v2", behaviour: "never-ready"),
                ends: .rolledBack)
        case .deafHome, .flatteringMetrics:
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
                effect: shift(), point: .before, lasts: .seconds(120))
            mishap.reliefs = [.seconds(70)]
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

    /// Whether the same story comes out right without the fault, and what it brings with it.
    package func complaints() throws -> [String] {
        let stage = try Stage(scenario)
        var honest = mishap
        honest.sabotage = nil
        let own = stage.play(honest).complaints(scenario)
        guard own.isEmpty else { return [] }
        return stage.play(mishap).complaints(scenario)
    }
}
