internal import CanaryEngine

/// What was found out about one version for one gate.
struct Finding {
    var value: Double?
    var samples: UsersRequests.Count
    /// Where the value is a ratio: the failures among the samples.
    var failures: Double?
    /// Requests of the service that failed without a workload.
    var lost = 0
    var notes: [String] = []

    init(value: Double?, samples: UsersRequests.Count) {
        self.value = value
        self.samples = samples
    }

    static func astray(_ lost: Int) -> String {
        "\(lost) of the service's requests that failed without a workload"
    }

    func verdict(on gate: GateSpec, over window: GateWindow) -> Verdict {
        let counted = samples.counted
        var measures = [Measure("\(gate.name).samples", Double(counted))]
        if lost > 0 { measures.append(Measure("\(gate.name).lost", Double(lost))) }
        let astray = Self.astray(lost)
        let seen = "\(counted) requests of users in \(QueryText.duration(window.length))"
        let rest = ([seen] + notes).joined(separator: "; ")
        if let worst = worst(gate) {
            return Verdict(
                .fail,
                "\(gate.name): with \(astray) \(NumberText.short(worst))"
                    + " \(gate.relation(to: worst)) (\(rest))",
                measures: [Measure(gate.name, value ?? worst)] + measures)
        }
        guard let value else {
            return Verdict(
                .notEnough,
                "\(gate.name): no requests of users yet" + (lost > 0 ? ", but \(astray)" : ""),
                measures: measures)
        }
        measures.insert(Measure(gate.name, value), at: 0)
        let sentence = "\(gate.name): \(NumberText.short(value)) \(gate.relation(to: value))"
        if counted >= gate.minimumSamples {
            if gate.holds(value), lost > 0 {
                return Verdict(
                    .notEnough, "\(sentence), but there are \(astray) (\(rest))",
                    measures: measures)
            }
            return Verdict(
                gate.holds(value) ? .pass : .fail, "\(sentence) (\(rest))", measures: measures)
        }
        if isLost(gate) {
            return Verdict(
                .fail, "\(sentence), whatever the requests to come bring (\(rest))",
                measures: measures)
        }
        return Verdict(
            .notEnough, "\(sentence), but it takes \(gate.minimumSamples) requests (\(rest))",
            measures: measures)
    }

    /// The value if all that was lost had been the candidate's, where that is out of bounds and the
    /// value alone is not.
    private func worst(_ gate: GateSpec) -> Double? {
        guard lost > 0, let failures, let most = gate.mostFailures else { return nil }
        let requests = max(samples.requests, failures)
        guard requests < 1 || failures / requests <= most else { return nil }
        let all = requests + Double(lost)
        let worst = (failures + Double(lost)) / all
        guard all >= Double(gate.minimumSamples), worst > most else { return nil }
        return gate.isOfSuccess ? 1 - worst : worst
    }

    /// Even if all requests still missing went well, too many would have failed: no need to wait.
    private func isLost(_ gate: GateSpec) -> Bool {
        guard let failures, let most = gate.mostFailures else { return false }
        return failures / Double(gate.minimumSamples) > most
    }
}

extension GateSpec {
    fileprivate var isOfSuccess: Bool {
        if case .successRate = question { true } else { false }
    }

    /// Which part of the requests may fail, where the gate is about that.
    fileprivate var mostFailures: Double? {
        isOfSuccess ? minimum.map { 1 - $0 } : maximum
    }

    func relation(to value: Double) -> String {
        if let maximum, value > maximum { return "is above \(NumberText.short(maximum))" }
        if let minimum, value < minimum { return "is below \(NumberText.short(minimum))" }
        switch (minimum, maximum) {
        case (let low?, let high?):
            return "is within \(NumberText.short(low)) and \(NumberText.short(high))"
        case (let low?, nil): return "is at least \(NumberText.short(low))"
        case (nil, let high?): return "is at most \(NumberText.short(high))"
        case (nil, nil): return "is not bounded"
        }
    }
}
