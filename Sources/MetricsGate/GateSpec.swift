package import MetricsSources

/// A question to the metrics, and which answers are good.
package struct GateSpec: Hashable, Sendable {
    package enum Question: Hashable, Sendable {
        /// Somebody's own PromQL, with `GateSpec.placeholders`; must give exactly one number.
        case query(String)
        /// Users' requests at the candidate that failed, as a part of all of them.
        ///
        /// `codes` is the regular expression of the response codes that count as failures.
        case errorRatio(codes: String)
    }

    package var name: String
    package var question: Question
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
        var faults: [String] = []
        if minimum == nil, maximum == nil {
            faults.append("gate \(name) has neither min nor max: it could not fail")
        }
        for bound in [minimum, maximum] {
            if let bound, !bound.isFinite { faults.append("gate \(name): a bound is not finite") }
        }
        if let minimum, let maximum, minimum > maximum {
            faults.append("gate \(name): min is above max: it could not pass")
        }
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

    private var texts: [String] {
        switch question {
        case .query(let text): [text] + (samplesQuery.map { [$0] } ?? [])
        case .errorRatio: samplesQuery.map { [$0] } ?? []
        }
    }

    func holds(_ value: Double) -> Bool {
        if let minimum, !(value >= minimum) { return false }
        if let maximum, !(value <= maximum) { return false }
        return value.isFinite
    }
}
