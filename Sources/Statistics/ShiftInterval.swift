/// By how much one sample lies above the other: the middle of all differences between a value of the
/// one and a value of the other (Hodges and Lehmann), and an interval around it.
///
/// The interval goes with Mann and Whitney's test and is found as R's `wilcox.test` finds it where
/// that is exact: so many of the sorted differences are left out at both ends. Where samples are
/// large, or values are alike, the normal distribution says how many, ties corrected.
package struct ShiftInterval: Hashable, Sendable {
    package let estimate: Double
    package let lower: Double
    package let upper: Double

    /// Above so many differences both samples are thinned, evenly over their sorted values.
    static let most = 1_000_000

    /// nil where a sample is empty, or has a value that is not a finite number.
    package init?(_ first: [Double], above second: [Double], confidence: Double) {
        guard !first.isEmpty, !second.isEmpty, confidence > 0, confidence < 1,
            first.allSatisfy(\.isFinite), second.allSatisfy(\.isFinite)
        else { return nil }
        let (one, two) = (Self.thinned(first), Self.thinned(second))
        var differences: [Double] = []
        differences.reserveCapacity(one.count * two.count)
        for x in one { for y in two { differences.append(x - y) } }
        differences.sort()
        let count = differences.count
        let middle = (differences[(count - 1) / 2] + differences[count / 2]) / 2
        let left = Self.leftOut(one, two, tail: (1 - confidence) / 2)
        estimate = middle
        lower = differences[min(left, (count - 1) / 2)]
        upper = differences[max(count - 1 - left, count / 2)]
    }

    /// How many of the sorted differences lie outside of the interval at each end.
    private static func leftOut(_ one: [Double], _ two: [Double], tail: Double) -> Int {
        let isSmall = min(one.count, two.count) <= MannWhitneyTest.exactUpTo
        let values = (one + two).sorted()
        var ties = 0.0
        var start = 0
        while start < values.count {
            let end = values[start...].firstIndex { $0 != values[start] } ?? values.count
            let alike = Double(end - start)
            ties += alike * alike * alike - alike
            start = end
        }
        if isSmall, ties == 0 {
            return max(0, MannWhitneyNull(one.count, two.count).quantile(tail) - 1)
        }
        let (m, n) = (Double(one.count), Double(two.count))
        let both = m + n
        let variance = m * n / 12 * (both + 1 - ties / (both * (both - 1)))
        let point = NormalDistribution.quantile(tail) ?? 0
        return max(0, Int((m * n / 2 + point * variance.squareRoot() - 0.5).rounded(.down)))
    }

    private static func thinned(_ values: [Double]) -> [Double] {
        guard values.count * values.count > most else { return values }
        let sorted = values.sorted()
        return (0..<1000).map { sorted[$0 * (sorted.count - 1) / 999] }
    }
}
