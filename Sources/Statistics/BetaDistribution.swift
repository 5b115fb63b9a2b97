/// The beta distribution: how likely each rate is, after so many failures and successes.
package struct BetaDistribution: Hashable, Sendable {
    private let a: Double
    private let b: Double

    /// nil unless both are above zero and finite.
    package init?(_ a: Double, _ b: Double) {
        guard a > 0, b > 0, a.isFinite, b.isFinite else { return nil }
        self.a = a
        self.b = b
    }

    /// The part that lies below `x`: the regularised incomplete beta function.
    package func below(_ x: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        return x <= a / (a + b)
            ? Self.lowerPart(a, b, x, 1 - x) : 1 - Self.lowerPart(b, a, 1 - x, x)
    }

    /// Where `part` lies below; nil outside of 0 and 1.
    ///
    /// Newton's steps within a bracket that halves whenever they leave it.
    package func quantile(_ part: Double) -> Double? {
        guard part >= 0, part <= 1 else { return nil }
        guard part > 0 else { return 0 }
        guard part < 1 else { return 1 }
        var low = 0.0
        var high = 1.0
        var x = a / (a + b)
        for _ in 0..<400 {
            let off = below(x) - part
            if off == 0 { return x }
            if off < 0 { low = x } else { high = x }
            let weight = SpecialFunctions.exponential(
                SpecialFunctions.logBetaWeight(a, b, x, 1 - x))
            // The density is the weight over x (1 − x).
            let next = x - off * x * (1 - x) / weight
            let step = next > low && next < high ? next : Self.middle(low, high)
            if abs(step - x) <= 2e-16 * x || low.nextUp >= high { return step }
            x = step
        }
        return x
    }

    /// Half-way, but by powers as long as the bounds are far apart.
    private static func middle(_ low: Double, _ high: Double) -> Double {
        low > 0 && high > 4 * low ? (low * high).squareRoot() : low / 2 + high / 2
    }

    /// Lentz's continued fraction; quick where `x` lies below the mean.
    private static func lowerPart(_ a: Double, _ b: Double, _ x: Double, _ rest: Double)
        -> Double
    {
        let weight = SpecialFunctions.exponential(SpecialFunctions.logBetaWeight(a, b, x, rest))
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        d = 1 / (abs(d) < tiny ? tiny : d)
        var fraction = d
        for index in 1..<20_000 {
            let m = Double(index)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            var factor = 1.0
            for term in [even, odd] {
                d = 1 + term * d
                d = 1 / (abs(d) < tiny ? tiny : d)
                c = 1 + term / c
                c = abs(c) < tiny ? tiny : c
                factor = d * c
                fraction *= factor
            }
            if abs(factor - 1) < 1e-16 { break }
        }
        return min(1, weight * fraction / a)
    }
}
