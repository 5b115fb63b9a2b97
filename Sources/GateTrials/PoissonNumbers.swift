internal import Glibc

/// What Poisson's distribution is drawn by.
enum PoissonNumbers {
    static func exponential(_ x: Double) -> Double { exp(x) }
    static func logarithm(_ x: Double) -> Double { log(x) }
    static func logFactorial(_ k: Double) -> Double { lgamma(k + 1) }
}
