package import CanaryEngine
package import MetricsGate

/// What of a plan decides whom a bad candidate hurts: its shares, how long they last, and who looks.
package struct ThinPlan: Hashable, Sendable {
    /// A stretch in which gates look on.
    package struct Watch: Hashable, Sendable {
        /// The step's place in the plan.
        package var step: Int
        package var duration: Duration
        package var longest: Duration
        package var gates: [GateSpec]
    }

    package enum Part: Hashable, Sendable {
        case wait(Duration)
        case watch(Watch)
    }

    /// From one weight to the next.
    package struct Stage: Hashable, Sendable {
        package var step: Int
        /// The candidate's part of the users.
        package var share: Double
        package var parts: [Part]
    }

    package var stages: [Stage] = []
    package var scrape: Duration
    /// From a verdict until users are home.
    package var home: Duration
    /// What comes before the first user meets the candidate.
    package var before: Duration = .zero

    /// - Parameters:
    ///   - dwell: how long the steps lasted on a good day, by their places; of a weight, from the shift.
    ///   - lead: how long a weight's step lasted until the shift.
    package init(
        _ plan: RunPlan, gates: [GateSpec], scrape: Duration, dwell: [Int: Duration],
        lead: [Int: Duration], home: Duration
    ) {
        self.scrape = scrape
        self.home = home
        for (index, step) in plan.steps.enumerated() {
            let lasts = dwell[index] ?? .zero
            func look(_ names: [String]) -> [GateSpec] {
                gates.filter { names.contains($0.name) && !$0.isWatchOnly }
            }
            switch step {
            case .weight(let weight):
                add(.wait(lead[index] ?? .zero), or: lead[index] ?? .zero)
                // Windows begin when the mesh has shown the weight.
                stages.append(
                    Stage(step: index, share: Double(weight.percent) / 100, parts: [.wait(lasts)]))
            case .bake(let bake):
                add(
                    .watch(
                        Watch(
                            step: index, duration: bake.duration, longest: bake.longest,
                            gates: look(bake.gates))), or: lasts)
            case .gate(let name):
                add(
                    .watch(
                        Watch(
                            step: index, duration: .zero, longest: plan.limits.write,
                            gates: look([name]))), or: lasts)
            default:
                add(.wait(lasts), or: lasts)
            }
        }
    }

    private mutating func add(_ part: Part, or lasts: Duration) {
        guard !stages.isEmpty else {
            before += lasts
            return
        }
        stages[stages.count - 1].parts.append(part)
    }

    /// Every stretch that is watched, with its stage.
    package var watches: [(stage: Int, part: Int, watch: Watch)] {
        stages.indices.flatMap { stage in
            stages[stage].parts.indices.compactMap { part in
                if case .watch(let watch) = stages[stage].parts[part] {
                    (stage, part, watch)
                } else {
                    nil
                }
            }
        }
    }

    /// The same with another length of one bake.
    package func baking(for duration: Duration, at stage: Int, _ part: Int) -> ThinPlan {
        var plan = self
        if case .watch(var watch) = plan.stages[stage].parts[part] {
            watch.duration = duration
            plan.stages[stage].parts[part] = .watch(watch)
        }
        return plan
    }
}

extension GateSpec {
    /// Whether a thin run can judge it: by counts of requests and failures alone.
    package var isThin: Bool {
        guard source == nil else { return false }
        switch (question, rule) {
        case (.errorRatio, .range), (.successRate, .range), (.errorRatio, .compare),
            (.errorRatio, .sequential), (.successRate, .sequential):
            return true
        default: return false
        }
    }
}
