package import CanaryEngine
package import MetricsSources

/// Judges gates by Prometheus.
///
/// Whatever it cannot see is not enough evidence, never a pass.
///
/// Requests of the service that failed without a workload may have been meant for the candidate: as
/// long as one is in the window no gate passes. A ratio that would be above its maximum if they
/// were the candidate's fails.
package struct MetricsJudge: Sendable {
    private let source: PrometheusSource?
    private let others: OtherSources
    private let scope: GateScope

    /// `source` nil: there is no Prometheus, and `others` must count as well.
    package init(
        source: PrometheusSource?, others: OtherSources = OtherSources(), scope: GateScope
    ) {
        self.source = source
        self.others = others
        self.scope = scope
    }

    /// Gives one judgement.
    ///
    /// Called off with its task; the verdict is then not enough evidence.
    package func judge(_ gate: GateSpec, window: GateWindow) async -> Verdict {
        if let fault = gate.faults.first { return Verdict(.notEnough, fault) }
        if let shortness = window.shortness(scope: scope) {
            return Verdict(.notEnough, "\(gate.name): \(shortness)")
        }
        do {
            if let name = gate.source { return try await judge(gate, at: name, window) }
            guard let source else {
                return Verdict(.notEnough, "\(gate.name): the flow names no Prometheus")
            }
            let users = UsersRequests(source: source, scope: scope, window: window)
            let instant = try await users.instant()
            var finding =
                switch gate.question {
                case .query(let text): try await answer(text, gate, users, at: instant)
                case .errorRatio(let codes): try await ratio(codes, users, at: instant)
                }
            finding.lost = try await users.lost(codes: gate.question.codes, at: instant)
            return finding.verdict(on: gate, over: window)
        } catch {
            return Verdict(.notEnough, "\(gate.name): \(error.reason)")
        }
    }

    private func answer(
        _ text: String, _ gate: GateSpec, _ users: UsersRequests, at instant: Double
    ) async throws(MetricsError) -> Finding {
        let window = users.window
        let samples =
            if let text = gate.samplesQuery {
                try await users.samples(text, at: instant)
            } else {
                try await users.count(scope.candidate, at: instant)
            }
        let query = QueryText.filled(text, scope: scope, window: window.length)
        let value: Double
        do {
            value = try await users.source.reading(of: query, at: instant).value
        } catch {
            // Where nobody sent anything, an empty answer says so, and nothing about the query.
            if samples.requests < 1, error.code == .missing || error.code == .notANumber {
                return Finding(value: nil, samples: samples)
            }
            throw error
        }
        var finding = Finding(value: value, samples: samples)
        if samples.own > 0 {
            finding.notes.append("the value includes \(samples.own) requests of our own tests")
        }
        if window.hasUncounted {
            finding.notes.append("the value includes the time in which our own tests ran")
        }
        return finding
    }

    /// A question to another source; how many requests stand behind it says that source, or
    /// Prometheus.
    private func judge(_ gate: GateSpec, at name: String, _ window: GateWindow)
        async throws(MetricsError) -> Verdict
    {
        guard let other = others[name], case .query(let text) = gate.question else {
            return Verdict(.notEnough, "\(gate.name): the flow has no source \(name)")
        }
        let span = others.span(window)
        var lost = 0
        let samples: UsersRequests.Count
        if let text = gate.samplesQuery {
            samples = try await ElsewhereSamples(
                source: other, scope: scope, window: window, span: span
            ).count(text)
        } else if let source {
            let users = UsersRequests(source: source, scope: scope, window: window)
            let instant = try await users.instant()
            samples = try await users.count(scope.candidate, at: instant)
            lost = try await users.lost(codes: gate.question.codes, at: instant)
        } else {
            return Verdict(
                .notEnough, "\(gate.name): nobody counts the requests behind it")
        }
        let query = QueryText.filled(text, scope: scope, window: window.length)
        var value: Double?
        do {
            value = try await other.reading(of: query, over: span, as: gate.reduction).value
        } catch {
            guard samples.requests < 1, error.code == .missing || error.code == .notANumber else {
                throw error
            }
        }
        var finding = Finding(value: value, samples: samples)
        finding.lost = lost
        finding.notes.append("as \(other.title) says")
        if window.hasUncounted || samples.own > 0 {
            finding.notes.append("the value includes requests of our own tests")
        }
        return finding.verdict(on: gate, over: window)
    }

    private func ratio(_ codes: String, _ users: UsersRequests, at instant: Double)
        async throws(MetricsError) -> Finding
    {
        let count = try await users.count(scope.candidate, codes: codes, at: instant)
        // Failures of our own that were not taken out can be more than the users' requests.
        let requests = max(count.requests, count.failures)
        var finding = Finding(
            value: requests < 1 ? nil : count.failures / requests, samples: count)
        finding.failures = count.failures
        if count.own > 0 { finding.notes.append("without \(count.own) requests of our own tests") }
        return finding
    }
}

/// What was found out for one gate.
private struct Finding {
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

    func verdict(on gate: GateSpec, over window: GateWindow) -> Verdict {
        let counted = Int(min(9e15, samples.requests.rounded(.down)))
        var measures = [Measure("\(gate.name).samples", Double(counted))]
        if lost > 0 { measures.append(Measure("\(gate.name).lost", Double(lost))) }
        let astray = "\(lost) of the service's requests that failed without a workload"
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

    /// The ratio if all that was lost had been the candidate's, where that is above the maximum and
    /// the ratio alone is not.
    private func worst(_ gate: GateSpec) -> Double? {
        guard lost > 0, let failures, let maximum = gate.maximum else { return nil }
        let requests = max(samples.requests, failures)
        guard requests < 1 || failures / requests <= maximum else { return nil }
        let all = requests + Double(lost)
        let worst = (failures + Double(lost)) / all
        return all >= Double(gate.minimumSamples) && worst > maximum ? worst : nil
    }

    /// Even if all requests still missing went well, the ratio would be too high: no need to wait.
    private func isLost(_ gate: GateSpec) -> Bool {
        guard let failures, let maximum = gate.maximum else { return false }
        return failures / Double(gate.minimumSamples) > maximum
    }
}

extension GateSpec.Question {
    /// Which response codes are failures.
    fileprivate var codes: String {
        if case .errorRatio(let codes) = self { codes } else { GateSpec.serverErrors }
    }
}

extension GateSpec {
    fileprivate func relation(to value: Double) -> String {
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
