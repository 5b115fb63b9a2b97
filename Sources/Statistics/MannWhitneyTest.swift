/// Do two samples of numbers differ in place? Mann and Whitney's U, two-sided.
///
/// Agrees with SciPy's `mannwhitneyu` and its `method="auto"`: exact where a sample has at most 8
/// values and none are alike; else by the normal distribution, with the correction for ties and for
/// continuity.
package struct MannWhitneyTest: Hashable, Sendable {
    /// Of how many pairs the first sample's value is the larger one; alike counts half.
    package let statistic: Double
    /// How often chance alone brings samples as different as these; 1 where all values are alike.
    package let probability: Double
    package let isExact: Bool

    static let exactUpTo = 8

    /// nil where a sample is empty, or has a value that is not a number.
    package init?(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty,
            !first.contains(where: \.isNaN), !second.contains(where: \.isNaN)
        else { return nil }
        let ranking = Ranking(first, second)
        let (m, n) = (Double(first.count), Double(second.count))
        statistic = ranking.sumOfFirst - m * (m + 1) / 2
        isExact = min(first.count, second.count) <= Self.exactUpTo && ranking.ties == 0
        let greater = max(statistic, m * n - statistic)
        if isExact {
            let null = MannWhitneyNull(first.count, second.count)
            probability = min(1, 2 * null.atMost(first.count * second.count - Int(greater)))
        } else {
            let both = m + n
            let variance = m * n / 12 * (both + 1 - ranking.ties / (both * (both - 1)))
            let off = greater - m * n / 2 - 0.5
            probability =
                variance > 0
                ? min(1, 2 * NormalDistribution.above(off / variance.squareRoot())) : 1
        }
    }
}

/// The ranks of two samples put together; those that are alike share the middle of theirs.
private struct Ranking {
    let sumOfFirst: Double
    /// The sum of t³ − t over the groups that are alike.
    let ties: Double

    init(_ first: [Double], _ second: [Double]) {
        let all =
            (first.map { (value: $0, isFirst: true) } + second.map { (value: $0, isFirst: false) })
            .sorted { $0.value < $1.value }
        var sum = 0.0
        var ties = 0.0
        var start = 0
        while start < all.count {
            var end = start
            while end < all.count, all[end].value == all[start].value { end += 1 }
            let count = Double(end - start)
            let rank = Double(start + end + 1) / 2
            sum += rank * Double(all[start..<end].count { $0.isFirst })
            ties += count * count * count - count
            start = end
        }
        sumOfFirst = sum
        self.ties = ties
    }
}

/// How U is distributed where nothing differs and no two values are alike.
struct MannWhitneyNull {
    /// How many arrangements give U = 0, 1, 2 …: up to the middle, the rest mirrors it.
    private let arrangements: [Double]
    private let total: Double
    private let largest: Int

    /// The coefficients of Gauss's binomial: multiplied by 1 − x^(n+i), divided by 1 − x^i.
    init(_ first: Int, _ second: Int) {
        let (m, n) = (min(first, second), max(first, second))
        largest = m * n
        let middle = m * n / 2
        var counts = [Double](repeating: 0, count: middle + 1)
        counts[0] = 1
        var total = 1.0
        for i in 1...max(1, m) where m > 0 {
            for u in stride(from: middle, through: n + i, by: -1) { counts[u] -= counts[u - n - i] }
            for u in stride(from: i, through: middle, by: 1) { counts[u] += counts[u - i] }
            total = total * Double(n + i) / Double(i)
        }
        arrangements = counts
        self.total = total
    }

    /// How often U is at most that.
    func atMost(_ u: Int) -> Double {
        guard u >= 0 else { return 0 }
        guard u < largest else { return 1 }
        if u < arrangements.count { return arrangements[...u].reduce(0, +) / total }
        return 1 - atMost(largest - u - 1)
    }

    /// The least U of which more than `part` lies at or below.
    func quantile(_ part: Double) -> Int {
        var sum = 0.0
        for (u, count) in arrangements.enumerated() {
            sum += count
            if sum / total >= part { return u }
        }
        return arrangements.count - 1
    }
}
