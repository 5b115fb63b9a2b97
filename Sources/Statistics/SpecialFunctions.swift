internal import Glibc

/// Functions that the distributions are made of.
///
/// After Catherine Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000): what is
/// large and nearly cancels is never formed, so that a million tries cost no digits.
enum SpecialFunctions {
    static func logGamma(_ x: Double) -> Double { lgamma(x) }

    /// The logarithm of the beta function.
    static func logBeta(_ a: Double, _ b: Double) -> Double {
        let (a, b) = (min(a, b), max(a, b))
        let sum = a + b
        guard b >= 10 else { return lgamma(a) + lgamma(b) - lgamma(sum) }
        guard a >= 10 else {
            // lgamma(b) − lgamma(a + b), without the two large numbers.
            let fall = -(b - 0.5) * log1p(a / b) - a * log(sum) + a
            return lgamma(a) + fall + stirlingRest(b) - stirlingRest(sum)
        }
        return 0.5 * log(2 * Double.pi * sum / (a * b)) + a * log(a / sum) - b * log1p(a / b)
            + stirlingRest(a) + stirlingRest(b) - stirlingRest(sum)
    }

    /// `lgamma(x + 1) − ((x + ½) ln x − x + ½ ln 2π)`: what Stirling's formula leaves.
    static func stirlingRest(_ x: Double) -> Double {
        if x < 15 { return lgamma(x + 1) - ((x + 0.5) * log(x) - x + 0.918_938_533_204_672_74) }
        let square = x * x
        // 1/12x − 1/360x³ + 1/1260x⁵ − 1/1680x⁷ + 1/1188x⁹
        let inner = 1.0 / 1260 - (1.0 / 1680 - (1.0 / 1188) / square) / square
        return (1.0 / 12 - (1.0 / 360 - inner / square) / square) / x
    }

    /// `x ln(x / mean) + mean − x`, exact where the two are close.
    static func deviance(_ x: Double, from mean: Double) -> Double {
        guard abs(x - mean) < 0.1 * (x + mean) else {
            return x == 0 ? mean : x * log(x / mean) + mean - x
        }
        let v = (x - mean) / (x + mean)
        var sum = (x - mean) * v
        var term = 2 * x * v
        for index in 1..<1000 {
            term *= v * v
            let next = sum + term / Double(2 * index + 1)
            if next == sum { return next }
            sum = next
        }
        return sum
    }

    /// The logarithm of `xᵃ (1 − x)ᵇ / B(a, b)`, with `rest` for 1 − x.
    static func logBetaWeight(_ a: Double, _ b: Double, _ x: Double, _ rest: Double) -> Double {
        guard min(a, b) >= 10 else {
            let (one, other) = (x < 0.5 ? log(x) : log1p(-rest), rest < 0.5 ? log(rest) : log1p(-x))
            return a * one + b * other - logBeta(a, b)
        }
        let sum = a + b
        return 0.5 * log(a * b / (2 * Double.pi * sum))
            - deviance(a, from: sum * x) - deviance(b, from: sum * rest)
            + stirlingRest(sum) - stirlingRest(a) - stirlingRest(b)
    }

    /// The logarithm of a sum, of the logarithms of its parts.
    static func logOfSum(_ logs: [Double]) -> Double {
        guard let most = logs.max(), most.isFinite else { return logs.max() ?? -.infinity }
        return most + log(logs.reduce(0) { $0 + exp($1 - most) })
    }

    static func logarithm(_ x: Double) -> Double { log(x) }
    static func exponential(_ x: Double) -> Double { exp(x) }
    /// `ln(1 + x)`, exact near zero.
    static func logOnePlus(_ x: Double) -> Double { log1p(x) }
    static func complementaryError(_ x: Double) -> Double { erfc(x) }
}
