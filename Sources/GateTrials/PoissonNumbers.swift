internal import Glibc
internal import Lab

/// What Poisson's distribution is drawn by.
enum PoissonNumbers {
    static func exponential(_ x: Double) -> Double { exp(x) }
    static func logarithm(_ x: Double) -> Double { log(x) }
    static func logFactorial(_ k: Double) -> Double { lgamma(k + 1) }
}

extension SeededGenerator {
    /// How many come where so many are to be expected.
    mutating func poisson(_ mean: Double) -> Double {
        if mean <= 0 { return 0 }
        return mean < 30 ? small(mean) : large(mean)
    }

    /// Multiplies until it falls below e^−mean.
    private mutating func small(_ mean: Double) -> Double {
        let limit = PoissonNumbers.exponential(-mean)
        var product = fraction()
        var count = 0.0
        while product > limit {
            product *= fraction()
            count += 1
        }
        return count
    }

    /// Hörmann's transformed rejection (PTRS, 1993).
    private mutating func large(_ mean: Double) -> Double {
        let b = 0.931 + 2.53 * mean.squareRoot()
        let a = -0.059 + 0.02483 * b
        let inverse = 1.1239 + 1.1328 / (b - 3.4)
        let accept = 0.9277 - 3.6224 / (b - 2)
        while true {
            let u = fraction() - 0.5
            let v = fraction()
            let us = 0.5 - abs(u)
            let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
            if us >= 0.07, v <= accept { return k }
            if k < 0 || (us < 0.013 && v > us) { continue }
            let left = PoissonNumbers.logarithm(v * inverse / (a / (us * us) + b))
            if left <= k * PoissonNumbers.logarithm(mean) - mean - PoissonNumbers.logFactorial(k) {
                return k
            }
        }
    }
}
