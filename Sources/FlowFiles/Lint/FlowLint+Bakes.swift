internal import CanaryEngine
internal import MetricsGate
internal import TestHooks

/// Whether gates can see in a bake what they need.
extension FlowLint {
    mutating func lookAtBakes() {
        var weight = TrafficWeight.none
        var isSticky = false
        for placed in steps {
            switch placed.step {
            case .weight(let next): weight = next
            case .sticky: isSticky = true
            case .bake(let bake):
                guard let field = placed.field["bake"] else { continue }
                let gates = gates(bake)
                if !gates.isEmpty {
                    lookAtLength(bake, field)
                    lookAtRests(bake, field)
                }
                for gate in gates {
                    let place = field["gates"]?.items.first { $0.text == gate.name } ?? field
                    lookAtNeeds(gate, bake, place)
                    lookAtSamples(gate, bake, weight, place)
                    if isSticky, case .sequential = gate.rule { tellSticky(gate, place) }
                }
            default: break
            }
        }
    }

    private func gates(_ bake: Bake) -> [GateSpec] {
        (bake.gates + bake.watched).compactMap { name in flow.gates.first { $0.name == name } }
    }

    private mutating func lookAtLength(_ bake: Bake, _ field: FlowField) {
        guard bake.longest < flow.scrape * 2 else { return }
        let scrape = DurationText.text(flow.scrape)
        warn(
            .shortBake,
            "a bake of \(DurationText.text(bake.longest)) ends before its gates can see two scrapes"
                + " (one every \(scrape))", at: field["maxFor"] ?? field["for"] ?? field,
            do: "make it \(DurationText.text(flow.scrape * 4)) at least, or add maxFor")
    }

    private mutating func lookAtRests(_ bake: Bake, _ field: FlowField) {
        for call in bake.tests {
            guard let rest = call.every, rest < flow.scrape * 4,
                let test = flow.tests.first(where: { $0.name == call.name }),
                test.kind.mayHideRequests
            else { continue }
            let place = field["tests"]?.items.first { $0.text == call.name } ?? field
            warn(
                .shortRest,
                "test \"\(call.name)\" rests \(DurationText.text(rest)) between its runs; what it sends is"
                    + " not counted, so gates look away from it and a scrape"
                    + " (\(DurationText.text(flow.scrape))) before and behind it", at: place,
                do: "give it every: \(DurationText.text(flow.scrape * 8)), or say requests: none"
                    + " where it sends none")
        }
    }

    private mutating func lookAtNeeds(_ gate: GateSpec, _ bake: Bake, _ field: FlowField) {
        let needed: Duration
        let why: String
        switch gate.rule {
        case .distributions(let rule):
            needed = rule.step * rule.minimumPoints
            why = "\(rule.minimumPoints) points, one every \(DurationText.text(rule.step))"
        case .burnRate(let rule):
            guard let short = rule.windows.map(\.short).min() else { return }
            needed = short
            why = "its shortest window"
        case .range, .compare, .sequential: return
        }
        guard needed > bake.longest else { return }
        warn(
            .shortBake,
            "gate \"\(gate.name)\" needs \(DurationText.text(needed)) (\(why)), and the bake ends"
                + " after \(DurationText.text(bake.longest))", at: field,
            do: "give the bake maxFor: \(DurationText.text(needed * 2))")
    }

    private mutating func lookAtSamples(
        _ gate: GateSpec, _ bake: Bake, _ weight: TrafficWeight, _ field: FlowField
    ) {
        // Other samples than users' requests come as they come.
        guard let rate, gate.samplesQuery == nil else { return }
        let share = rate * Double(weight.percent) / 100
        let seen = share * bake.longest.seconds
        let needed = Double(gate.leastSamples)
        guard seen < needed else { return }
        let length = DurationText.text(bake.longest)
        let enough = share > 0 ? Duration.seconds((needed / share * 1.2).rounded(.up)) : nil
        warn(
            .fewSamples,
            "gate \"\(gate.name)\" needs \(gate.leastSamples) requests at the candidate:"
                + " \(weight.percent)% of \(Self.short(rate)) a second are"
                + " \(Int(seen.rounded(.down))) in \(length)", at: field,
            do: enough.map { "give the bake maxFor: \(DurationText.text($0)), or begin higher" }
                ?? "let it look at a greater weight")
    }

    private mutating func tellSticky(_ gate: GateSpec, _ field: FlowField) {
        warn(
            .stickySequential,
            "gate \"\(gate.name)\" takes each request for itself, and users stay with a version here",
            at: field, do: "judge by max or compare where users stay; docs/GATES.md says why")
    }

    private static func short(_ rate: Double) -> String {
        rate == rate.rounded() ? "\(Int(rate))" : "\(rate)"
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
