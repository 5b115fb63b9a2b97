package import CanaryEngine
package import MetricsGate

/// How long one gate of one step needs, beside how long it may take.
package struct GateWait: Hashable, Sendable {
    /// The step's place in the plan, from 0.
    package let step: Int
    package let weight: TrafficWeight
    /// When the step gives up.
    package let longest: Duration
    package let outlook: GateOutlook
    /// It decides nothing, and nobody waits for it.
    package let isWatchOnly: Bool

    /// The step will be over before.
    package var isTooLong: Bool {
        guard !isWatchOnly else { return false }
        return outlook.time.map { $0 > longest } ?? true
    }
}

extension Flow {
    /// Of every gate that a step asks, in order, under such a load.
    package func waits(under load: UsersLoad.Figure) -> [GateWait] {
        var waits: [GateWait] = []
        var weight = TrafficWeight.none
        for (place, step) in plan.steps.enumerated() {
            switch step {
            case .weight(let next): weight = next
            case .bake(let bake):
                for name in bake.gates + bake.watched {
                    waits += wait(for: name, place, weight, bake.longest, load)
                }
            case .gate(let name):
                waits += wait(for: name, place, weight, plan.limits.write, load)
            case .backup, .deploy, .route, .reach, .test, .tests, .notify, .autoscale, .scale,
                .drill, .mirror, .sticky, .approve, .pause, .shrink, .retire:
                break
            }
        }
        return waits
    }

    private func wait(
        for name: String, _ step: Int, _ weight: TrafficWeight, _ longest: Duration,
        _ load: UsersLoad.Figure
    ) -> [GateWait] {
        gates.filter { $0.name == name }.map { gate in
            GateWait(
                step: step, weight: weight, longest: longest,
                outlook: GateOutlook(
                    gate, share: Double(weight.percent) / 100, under: load, scrape: scrape),
                isWatchOnly: gate.isWatchOnly)
        }
    }
}
