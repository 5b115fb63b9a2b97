/// Where a share lies, judging by a sample: Wilson's interval, which stays sound near 0 and 1.
package struct ShareInterval: Hashable, Sendable {
    package let lower: Double
    package let upper: Double

    /// The two-sided 95 % point of the normal distribution.
    private static let confidence = 1.959964

    /// `hits` of `total`; with no sample at all, everything is possible.
    package init(hits: Double, total: Double) {
        guard total > 0 else {
            (lower, upper) = (0, 1)
            return
        }
        let hits = min(max(0, hits), total)
        let square = Self.confidence * Self.confidence
        let share = hits / total
        let center = (share + square / (2 * total)) / (1 + square / total)
        let radius =
            Self.confidence / (1 + square / total)
            * (share * (1 - share) / total + square / (4 * total * total)).squareRoot()
        // At the two ends the formula gives 0 and 1 up to rounding only.
        lower = hits == 0 ? 0 : max(0, center - radius)
        upper = hits == total ? 1 : min(1, center + radius)
    }

    package func contains(_ share: Double) -> Bool { lower <= share && share <= upper }

    /// Whether it speaks for a move from `old` to `new`: excludes the one, contains the other.
    ///
    /// With very many requests the interval becomes so narrow that the first seconds, in which some
    /// proxies still had the old weight, would keep `new` out for ever; so it may miss `new` by a
    /// tenth of the way.
    package func shows(moveFrom old: Double, to new: Double) -> Bool {
        let slack = abs(new - old) / 10
        let isNew = lower - slack <= new && new <= upper + slack
        return isNew && (old == new || !contains(old))
    }
}
