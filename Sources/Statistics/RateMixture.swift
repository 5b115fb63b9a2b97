/// Where one rate lies, however often one looks and for whatever reason one stops looking.
///
/// For a supposed rate p, the data's likelihood under a mixture of all rates (the beta distribution
/// with ½ and ½), divided by its likelihood under p, is a martingale that begins at 1: if p is the
/// truth, it *ever* reaches 1/α with probability at most α (Ville 1939; Robbins 1970). What p makes
/// that small is therefore in the interval at all looks together with probability 1 − α. Where the
/// rate changes in time the interval is about its average over the tries so far, since the product of
/// (1 + pᵢ(eˡ − 1)) is largest when all pᵢ are alike.
package struct RateMixture: Hashable, Sendable {
    private let count: RateCount
    private let logMixture: Double

    package init(_ count: RateCount) {
        self.count = count
        logMixture =
            SpecialFunctions.logBeta(count.failures + 0.5, count.successes + 0.5)
            - SpecialFunctions.logBeta(0.5, 0.5)
    }

    /// The logarithm of the evidence against the rate `p`; infinite where `p` is impossible.
    package func logEvidence(against p: Double) -> Double {
        logMixture - Self.logLikelihood(count, p)
    }

    static func logLikelihood(_ count: RateCount, _ p: Double) -> Double {
        var sum = 0.0
        if count.failures > 0 { sum += count.failures * SpecialFunctions.logarithm(max(0, p)) }
        if count.successes > 0 { sum += count.successes * SpecialFunctions.logOnePlus(-min(1, p)) }
        return sum
    }

    /// The rates against which the evidence stays below `exp(limit)`; the evidence is least at the
    /// rate that was seen, and grows to both sides.
    func interval(within limit: Double) -> ProportionInterval? {
        guard logEvidence(against: count.rate) <= limit else { return nil }
        return ProportionInterval(
            lower: bound(from: count.rate, to: 0, limit),
            upper: bound(from: count.rate, to: 1, limit)
        )
    }

    private func bound(from inside: Double, to end: Double, _ limit: Double) -> Double {
        guard logEvidence(against: end) > limit else { return end }
        var inside = inside
        var outside = end
        for _ in 0..<60 {
            let middle = inside / 2 + outside / 2
            if logEvidence(against: middle) > limit { outside = middle } else { inside = middle }
        }
        return outside
    }

    /// Contains the rate at every look, with this confidence for all looks together.
    package func interval(confidence: Double) -> ProportionInterval {
        interval(within: -SpecialFunctions.logarithm(max(1e-300, 1 - confidence)))
            ?? ProportionInterval(lower: 0, upper: 1)
    }
}
