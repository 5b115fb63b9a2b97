package import MetricsSources
internal import Statistics

/// A question to the metrics, and which answers are good.
package struct GateSpec: Hashable, Sendable {
    package enum Question: Hashable, Sendable {
        /// Somebody's own PromQL, with `GateSpec.placeholders`; must give exactly one number.
        case query(String)
        /// Users' requests at the candidate that failed, as a part of all of them.
        ///
        /// `codes` is the regular expression of the response codes that count as failures.
        case errorRatio(codes: String)
        /// What they leave: users' requests at the candidate that went well, as a part of all.
        case successRate(codes: String)
        /// How long so large a part of the candidate's requests takes at most, in seconds.
        case latency(quantile: Double)
        /// How much of its limit the candidate's pods use together, as a part of it.
        case saturation(Resource)
        /// How often the candidate's containers began anew.
        case restarts
    }

    package enum Resource: String, Hashable, Sendable, CaseIterable {
        case cpu, memory
    }

    package var name: String
    package var question: Question
    package var rule = GateRule.range
    /// The least good value.
    package var minimum: Double?
    /// The greatest good value.
    package var maximum: Double?
    /// Users' requests that it takes before anything is said.
    package var minimumSamples: Int
    /// Counts the samples of a free query; nil: users' requests at the candidate.
    package var samplesQuery: String?
    /// How long to wait before asking again.
    package var every: Duration
    /// The source that a query is put to; nil: Prometheus.
    package var source: String?
    /// Which number is made of several points of that source.
    package var reduction: MetricsReduction = .last
    /// How many answers out of bounds it takes to fail.
    package var failures = FailureRule()
    /// A newest sample older than this is no answer; nil: four scrapes.
    package var staleAfter: Duration?
    /// Its verdicts are told and decide nothing.
    package var isWatchOnly = false

    package init(
        _ name: String, _ question: Question, minimum: Double? = nil, maximum: Double? = nil,
        minimumSamples: Int = 100, samplesQuery: String? = nil, every: Duration = .seconds(15)
    ) {
        self.name = name
        self.question = question
        self.minimum = minimum
        self.maximum = maximum
        self.minimumSamples = minimumSamples
        self.samplesQuery = samplesQuery
        self.every = every
    }

    package static let serverErrors = "5.."

    /// What may stand in a query as `${name}`.
    package static let placeholders = ["window", "candidate", "stable", "namespace", "service"]
}

extension GateSpec {
    /// What is wrong with it, a sentence each; empty for a gate that can be asked.
    package var faults: [String] {
        var faults = rule.faults(name) + ruleFaults
        if rule == .range, minimum == nil, maximum == nil {
            faults.append("gate \(name) has neither min nor max: it could not fail")
        }
        for bound in [minimum, maximum] {
            if let bound, !bound.isFinite { faults.append("gate \(name): a bound is not finite") }
        }
        if let minimum, let maximum, minimum > maximum {
            faults.append("gate \(name): min is above max: it could not pass")
        }
        if let boundFault { faults.append(boundFault.what) }
        if minimumSamples < 1 { faults.append("gate \(name): minimumSamples is below 1") }
        if every < .seconds(1) { faults.append("gate \(name): every is below 1s") }
        for text in texts {
            for placeholder in QueryText.placeholders(in: text)
            where !Self.placeholders.contains(placeholder) {
                let known = Self.placeholders.map { "${\($0)}" }.joined(separator: " ")
                faults.append("gate \(name): no placeholder ${\(placeholder)}; there are \(known)")
            }
        }
        return faults
    }

    /// A bound that would let everything pass, or nothing.
    package struct BoundFault: Hashable, Sendable {
        /// `min` or `max`.
        package let key: String
        package let what: String
    }

    package var boundFault: BoundFault? {
        guard rule == .range else { return nil }
        func fault(_ key: String, _ what: String) -> BoundFault {
            BoundFault(key: key, what: "gate \(name): \(what)")
        }
        switch question {
        case .errorRatio:
            if let maximum, maximum > 1 {
                return fault("max", "max is above 1: a ratio never is; 5% is 0.05")
            }
            if maximum == 1 {
                return fault("max", "max is 1, which accepts every failure; 1% is 0.01")
            }
            if let maximum, maximum < 0 { return fault("max", "max is below 0: it could not pass") }
            if maximum == nil, minimum != nil {
                return fault("min", "min bounds an error ratio from below; max is meant")
            }
        case .successRate:
            if let minimum, minimum > 1 {
                return fault("min", "min is above 1: a rate never is; 99% is 0.99")
            }
            if let minimum, minimum <= 0 {
                return fault("min", "min is 0 or less: it could not fail")
            }
            if minimum == nil, maximum != nil {
                return fault("max", "max bounds a success rate from above; min is meant")
            }
        case .latency:
            if let maximum, maximum >= 60 {
                return fault(
                    "max", "max is a minute or more: it is in seconds; 500ms is 0.5")
            }
        case .query, .saturation, .restarts: break
        }
        return nil
    }

    private var texts: [String] {
        switch question {
        case .query(let text): [text] + (samplesQuery.map { [$0] } ?? []) + metricTexts
        case .errorRatio, .successRate, .latency, .saturation, .restarts:
            (samplesQuery.map { [$0] } ?? []) + metricTexts
        }
    }

    private var metricTexts: [String] {
        if case .distributions(let rule) = rule { rule.metrics.map(\.query) } else { [] }
    }

    /// Of what does not go together.
    private var ruleFaults: [String] {
        var faults: [String] = []
        if rule != .range, minimum != nil || maximum != nil {
            faults.append(
                "gate \(name): min and max are not looked at where it is judged otherwise")
        }
        if case .compare = rule, case .query(let text) = question,
            !QueryText.placeholders(in: text).contains("candidate")
        {
            faults.append(
                "gate \(name): its query does not say ${candidate}, so stable's value would be the"
                    + " same")
        }
        if case .latency(let quantile) = question, !(quantile > 0 && quantile < 1) {
            faults.append("gate \(name): a quantile lies between 0 and 1")
        }
        if failures.count < 1 || failures.of < failures.count || failures.of > 1000 {
            faults.append("gate \(name): failures needs 1 ≤ count ≤ of ≤ 1000")
        }
        return faults
    }

    /// So many requests of users at the candidate it takes at least until it can pass: of a
    /// sequential one, where none of either version fails.
    package var leastSamples: Int {
        guard case .sequential(let rule) = rule,
            let needed = NoWorseRateTest.requests(
                rate: 0, margin: rule.margin, confidence: rule.confidence), needed < 1e9
        else { return minimumSamples }
        return max(minimumSamples, Int(needed.rounded(.up)))
    }

    package func holds(_ value: Double) -> Bool {
        if let minimum, !(value >= minimum) { return false }
        if let maximum, !(value <= maximum) { return false }
        return value.isFinite
    }
}
