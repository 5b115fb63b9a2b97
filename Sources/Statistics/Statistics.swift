// Statistics — says what numbers allow one to say.
//
// Read in this order:
//   SpecialFunctions     logarithms of factorials and their like, to the last digits
//   NormalDistribution   its two functions
//   BetaDistribution     its two functions
//   ProportionInterval   where one rate lies, judging by one look (Wilson; Clopper and Pearson)
//   RateMixture          where one rate lies, however often one looks
//   DifferenceSequence   where the difference of two rates lies, however often one looks
//   WorseRateTest        is a version surely worse? however often one looks
//   NoWorseRateTest      is it surely no worse than by so much? however often one looks
//   MannWhitneyTest      do two samples of numbers differ?
//   ShiftInterval        by how much (Hodges and Lehmann)
//   SampleEffects        how large that is: ratio of the means, common language
//
// All of it is pure: no state, no dice, no clock. Nothing here traps on odd numbers: counts are
// brought within their bounds, and what cannot be told is nil. Imports the C library for its
// logarithms and nothing else.

/// How often so many tries failed.
///
/// Counts are real numbers, since Prometheus extrapolates; both are brought within their bounds.
package struct RateCount: Hashable, Sendable {
    package let failures: Double
    package let total: Double

    package init(failures: Double, of total: Double) {
        let sound = total.isFinite ? min(max(0, total), 1e15) : 0
        self.total = sound
        self.failures = failures.isFinite ? min(max(0, failures), sound) : 0
    }

    package var successes: Double { total - failures }

    /// Zero where there was no try.
    package var rate: Double { total > 0 ? failures / total : 0 }
}
