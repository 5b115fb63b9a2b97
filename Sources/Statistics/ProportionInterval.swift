/// Where a rate lies, judging by one look at a sample.
///
/// Whoever looks again and again must not take these: see `RateMixture`.
package struct ProportionInterval: Hashable, Sendable {
    package let lower: Double
    package let upper: Double

    init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    package func contains(_ rate: Double) -> Bool { lower <= rate && rate <= upper }

    /// Wilson's score interval: right on the average, sound near 0 and 1.
    ///
    /// With no sample everything is possible.
    package static func wilson(_ count: RateCount, confidence: Double) -> ProportionInterval {
        guard count.total > 0, let point = NormalDistribution.quantile((1 + confidence) / 2),
            point.isFinite
        else { return ProportionInterval(lower: 0, upper: 1) }
        let square = point * point
        let total = count.total
        let center = (count.rate + square / (2 * total)) / (1 + square / total)
        let spread = count.rate * (1 - count.rate) / total + square / (4 * total * total)
        let radius = point / (1 + square / total) * spread.squareRoot()
        // At the two ends the formula gives 0 and 1 up to rounding only.
        return ProportionInterval(
            lower: count.failures == 0 ? 0 : max(0, center - radius),
            upper: count.successes == 0 ? 1 : min(1, center + radius))
    }

    /// Clopper and Pearson's interval: never contains the rate less often than it says.
    package static func exact(_ count: RateCount, confidence: Double) -> ProportionInterval {
        let tail = (1 - confidence) / 2
        let lower = BetaDistribution(count.failures, count.successes + 1)?.quantile(tail)
        let upper = BetaDistribution(count.failures + 1, count.successes)?.quantile(1 - tail)
        return ProportionInterval(lower: lower ?? 0, upper: upper ?? 1)
    }
}
