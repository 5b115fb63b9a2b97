/// Where the difference of two rates lies, however often one looks.
///
/// The evidence against a pair of rates is the product of the evidence against each
/// (`RateMixture`): again a martingale, in whatever order and number the tries of the two come. The
/// pairs against which it stays below 1/α are a confidence sequence, and their differences are one,
/// too. That set is convex, and narrower than two intervals at α/2 put together: where one side was
/// tried a hundred times as often it costs nearly nothing.
package struct DifferenceSequence: Hashable, Sendable {
    package let lower: Double
    package let upper: Double

    /// Of `one` less `other`.
    package init(_ one: RateCount, less other: RateCount, confidence: Double) {
        let limit = -SpecialFunctions.logarithm(max(1e-300, 1 - confidence))
        let first = RateMixture(one)
        let second = RateMixture(other)
        lower = -Self.greatest(second, first, other.rate, limit)
        upper = Self.greatest(first, second, one.rate, limit)
    }

    /// The greatest difference within the set: a concave function of the first rate alone.
    private static func greatest(
        _ first: RateMixture, _ second: RateMixture, _ seen: Double, _ limit: Double
    ) -> Double {
        func difference(_ rate: Double) -> Double {
            guard let rest = second.interval(within: limit - first.logEvidence(against: rate))
            else { return -1 }
            return rate - rest.lower
        }
        var low = seen
        var high = 1.0
        for _ in 0..<80 {
            let left = low + (high - low) / 3
            let right = high - (high - low) / 3
            // Outside of the set on both sides the first rate is too large.
            let (one, two) = (difference(left), difference(right))
            if one > two || (one == -1 && two == -1) { high = right } else { low = left }
        }
        return max(difference(low / 2 + high / 2), difference(seen))
    }
}
