package import MetricsSources

/// Asks each source of a flow's gates once, before anything is touched.
///
/// A source that is away, that knows nobody or that will never understand the question refuses the
/// run; one that has no number yet does not: nobody has sent the candidate anything.
package struct SourceCheck: Sendable {
    private let prometheus: PrometheusSource?
    private let others: OtherSources
    private let scope: GateScope

    package init(prometheus: PrometheusSource?, others: OtherSources, scope: GateScope) {
        self.prometheus = prometheus
        self.others = others
        self.scope = scope
    }

    /// The first gate whose source cannot be asked, and why.
    package func firstTrouble(of gates: [GateSpec]) async -> (gate: String, error: MetricsError)? {
        var hasAsked = false
        for gate in gates {
            do {
                if let name = gate.source {
                    try await ask(gate, at: name)
                } else if let prometheus, !hasAsked {
                    hasAsked = true
                    _ = try await prometheus.reading(of: "1")
                }
                if gate.source == nil, let prometheus {
                    for text in texts(of: gate) { try await prometheus.check(filled(text)) }
                }
            } catch {
                return (gate.name, error)
            }
        }
        return nil
    }

    private func ask(_ gate: GateSpec, at name: String) async throws(MetricsError) {
        guard let source = others[name] else { return }
        let span = others.span(GateWindow(sinceEffect: length))
        for text in texts(of: gate) { try await source.check(filled(text), over: span) }
    }

    /// What somebody wrote, and so may have written wrongly.
    private func texts(of gate: GateSpec) -> [String] {
        var texts: [String] = []
        if case .query(let text) = gate.question { texts.append(text) }
        if let text = gate.samplesQuery { texts.append(text) }
        if case .distributions(let rule) = gate.rule { texts += rule.metrics.map(\.query) }
        return texts
    }

    /// Long enough for two points of whoever keeps one a minute.
    private var length: Duration { max(scope.scrape * 4, .seconds(300)) }

    private func filled(_ text: String) -> String {
        QueryText.filled(text, scope: scope, window: length)
    }
}

extension MetricsSource {
    fileprivate func check(_ query: String, over span: MetricsSpan) async throws(MetricsError) {
        do {
            _ = try await reading(of: query, over: span, as: .last)
        } catch {
            if error.isOfTheSource { throw error }
        }
    }
}

extension PrometheusSource {
    /// At the server's own now.
    fileprivate func check(_ query: String) async throws(MetricsError) {
        do {
            _ = try await reading(of: query)
        } catch {
            if error.isOfTheSource { throw error }
        }
    }
}
