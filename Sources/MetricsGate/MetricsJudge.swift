package import CanaryEngine
package import MetricsSources

/// Judges gates by Prometheus and others.
///
/// Whatever it cannot see is not enough evidence, never a pass.
///
/// Requests of the service that failed without a workload may have been meant for the candidate: as
/// long as one is in the window no gate passes. A ratio that would be above its maximum if they
/// were the candidate's fails.
package struct MetricsJudge: Sendable {
    let source: PrometheusSource?
    let others: OtherSources
    let scope: GateScope
    /// The candidate's part of the requests of both, as the routes have it.
    let share: Double?
    /// The end of the windows, in seconds since 1970; nil for now.
    let asOf: Double?

    /// `source` nil: there is no Prometheus, and `others` must count as well.
    package init(
        source: PrometheusSource?, others: OtherSources = OtherSources(), scope: GateScope,
        share: Double? = nil, asOf: Double? = nil
    ) {
        self.asOf = asOf
        self.source = source
        self.others = others
        self.scope = scope
        self.share = share
    }

    /// A verdict, and what was wrong with the source where that kept it from saying more.
    package struct Judgement: Hashable, Sendable {
        package let verdict: Verdict
        package let trouble: MetricsError?

        init(_ verdict: Verdict, trouble: MetricsError? = nil) {
            self.verdict = verdict
            self.trouble = trouble
        }
    }

    /// Gives one judgement.
    ///
    /// Called off with its task; the verdict is then not enough evidence.
    package func judge(_ gate: GateSpec, window: GateWindow) async -> Verdict {
        await judgement(on: gate, window: window).verdict
    }

    package func judgement(on gate: GateSpec, window: GateWindow) async -> Judgement {
        if let fault = gate.faults.first { return Judgement(Verdict(.notEnough, fault)) }
        if let shortness = window.shortness(scope: scope) {
            return Judgement(Verdict(.notEnough, "\(gate.name): \(shortness)"))
        }
        if let absence = absence(gate) {
            return Judgement(Verdict(.notEnough, "\(gate.name): \(absence)"))
        }
        do {
            let at = try await instant(gate, window)
            let verdict = try await verdict(on: gate, window, at)
            if verdict.ruling == .pass, let dryness = try await dryness(gate, window, at) {
                return Judgement(Verdict(.notEnough, "\(gate.name): \(dryness)"))
            }
            return Judgement(verdict)
        } catch {
            return Judgement(
                Verdict(.notEnough, "\(gate.name): \(error.reason)"),
                trouble: error.isOfTheSource ? error : nil)
        }
    }

    /// Who is missing, of those that it takes.
    private func absence(_ gate: GateSpec) -> String? {
        if let name = gate.source {
            if others[name] == nil { return "the flow has no source \(name)" }
            if gate.samplesQuery == nil, source == nil {
                return "nobody counts the requests behind it"
            }
            return nil
        }
        return source == nil ? "the flow names no Prometheus" : nil
    }

    private func verdict(
        on gate: GateSpec, _ window: GateWindow, _ at: Double?
    ) async throws(MetricsError) -> Verdict {
        switch gate.rule {
        case .range:
            var finding = try await finding(gate, of: scope.candidate, window, at)
            finding.lost = try await lost(gate, window, at)
            return finding.verdict(on: gate, over: window)
        case .compare(let rule):
            let candidate = try await finding(gate, of: scope.candidate, window, at)
            let stable = try await finding(gate, of: scope.stable, window, at)
            let lost = try await lost(gate, window, at)
            return ComparisonFinding(candidate: candidate, stable: stable, lost: lost)
                .verdict(on: gate, by: rule, over: window)
        case .sequential(let rule):
            let (window, index) = window.row
            if let shortness = window.shortness(scope: scope) {
                return Verdict(.notEnough, "\(gate.name): \(shortness)")
            }
            let finding = SequentialFinding(
                candidate: try await rates(gate, of: scope.candidate, window, at),
                stable: try await rates(gate, of: scope.stable, window, at),
                lost: try await lost(gate, window, at), share: share)
            return finding.verdict(
                on: gate, by: rule.inWindow(index), over: window)
        case .burnRate(let rule): return try await burn(gate, rule, window, at)
        case .distributions(let rule): return try await distributions(gate, rule, window, at)
        }
    }

    // MARK: Numbers

    /// The instant that all questions to Prometheus are about; nil where it is not asked.
    private func instant(_ gate: GateSpec, _ window: GateWindow) async throws(MetricsError)
        -> Double?
    {
        guard let source, gate.source == nil || gate.samplesQuery == nil else { return nil }
        return try await UsersRequests(source: source, scope: scope, window: window)
            .instant(staleAfter: gate.staleAfter, asOf: asOf)
    }

    /// Users' requests of a window, as Prometheus counts them, and as of when.
    func users(_ window: GateWindow, _ instant: Double?) throws(MetricsError)
        -> (users: UsersRequests, at: Double)
    {
        guard let source, let instant else {
            throw MetricsError(.missing, place: "spec.prometheus", detail: "there is none")
        }
        return (UsersRequests(source: source, scope: scope, window: window), instant)
    }

    /// What a gate asks about one of the versions.
    private func finding(
        _ gate: GateSpec, of version: GateScope.Version, _ window: GateWindow, _ instant: Double?
    ) async throws(MetricsError) -> Finding {
        if let name = gate.source {
            return try await elsewhere(gate, at: name, of: version, window, instant)
        }
        let (users, at) = try users(window, instant)
        switch gate.question {
        case .errorRatio(let codes), .successRate(let codes):
            return try await ratio(gate, codes, of: version, users, at: at)
        case .query, .latency, .saturation, .restarts:
            return try await answer(gate, of: version, users, at: at)
        }
    }

    /// Requests and failures of one of the versions.
    func rates(
        _ gate: GateSpec, of version: GateScope.Version, _ window: GateWindow, _ instant: Double?
    ) async throws(MetricsError) -> UsersRequests.Count {
        let (users, at) = try users(window, instant)
        return try await users.count(version, codes: gate.question.codes, at: at)
    }

    /// Requests of the service that failed without a workload; none where Prometheus is not asked.
    func lost(_ gate: GateSpec, _ window: GateWindow, _ instant: Double?)
        async throws(MetricsError) -> Int
    {
        guard instant != nil else { return 0 }
        let (users, at) = try users(window, instant)
        return try await users.lost(codes: gate.question.codes, at: at)
    }

    private func answer(
        _ gate: GateSpec, of version: GateScope.Version, _ users: UsersRequests,
        at instant: Double
    ) async throws(MetricsError) -> Finding {
        let window = users.window
        let samples =
            if let text = gate.samplesQuery {
                try await users.samples(text, of: version, at: instant)
            } else {
                try await users.count(version, at: instant)
            }
        let query = QueryText.text(
            of: gate.question, about: version, scope: scope, window: window.length)
        let value: Double
        do {
            value = try await users.source.reading(of: query ?? "", at: instant).value
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
    private func elsewhere(
        _ gate: GateSpec, at name: String, of version: GateScope.Version, _ window: GateWindow,
        _ instant: Double?
    ) async throws(MetricsError) -> Finding {
        guard let other = others[name], case .query(let text) = gate.question else {
            throw MetricsError(.missing, place: "spec.sources", detail: "no \(name)")
        }
        let span = others.span(window)
        let samples: UsersRequests.Count
        if let text = gate.samplesQuery {
            samples = try await ElsewhereSamples(
                source: other, scope: scope, window: window, span: span
            ).count(text, of: version)
        } else {
            let (users, at) = try users(window, instant)
            samples = try await users.count(version, at: at)
        }
        let query = QueryText.filled(
            text, scope: scope.asking(about: version), window: window.length)
        var value: Double?
        do {
            value = try await other.reading(of: query, over: span, as: gate.reduction).value
        } catch {
            guard samples.requests < 1, error.code == .missing || error.code == .notANumber else {
                throw error
            }
        }
        var finding = Finding(value: value, samples: samples)
        finding.notes.append("as \(other.title) says")
        if window.hasUncounted || samples.own > 0 {
            finding.notes.append("the value includes requests of our own tests")
        }
        return finding
    }

    private func ratio(
        _ gate: GateSpec, _ codes: String, of version: GateScope.Version, _ users: UsersRequests,
        at instant: Double
    ) async throws(MetricsError) -> Finding {
        let count = try await users.count(version, codes: codes, at: instant)
        // Failures of our own that were not taken out can be more than the users' requests.
        let requests = max(count.requests, count.failures)
        let ratio = requests < 1 ? nil : count.failures / requests
        let isSuccess = if case .successRate = gate.question { true } else { false }
        var finding = Finding(value: isSuccess ? ratio.map { 1 - $0 } : ratio, samples: count)
        finding.failures = count.failures
        if count.own > 0 { finding.notes.append("without \(count.own) requests of our own tests") }
        return finding
    }
}

extension GateSpec {
    /// Which response codes are failures.
    package var codes: String { question.codes }
}

extension GateSpec.Question {
    /// Which response codes are failures.
    var codes: String {
        switch self {
        case .errorRatio(let codes), .successRate(let codes): codes
        case .query, .latency, .saturation, .restarts: GateSpec.serverErrors
        }
    }
}
