internal import Statistics

/// Where a share lies, judging by a sample: Wilson's interval, which stays sound near 0 and 1.
package struct ShareInterval: Hashable, Sendable {
    package let lower: Double
    package let upper: Double

    /// `hits` of `total`; with no sample at all, everything is possible.
    package init(hits: Double, total: Double) {
        let interval = ProportionInterval.wilson(
            RateCount(failures: hits, of: total), confidence: 0.95)
        (lower, upper) = (interval.lower, interval.upper)
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
