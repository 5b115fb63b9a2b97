/// The standard normal distribution.
package enum NormalDistribution {
    /// The part that lies below `x`.
    package static func below(_ x: Double) -> Double {
        0.5 * SpecialFunctions.complementaryError(-x / 2.0.squareRoot())
    }

    /// The part that lies above `x`; exact where it is tiny.
    package static func above(_ x: Double) -> Double { below(-x) }

    /// Where `part` lies below; infinite at 0 and 1, nil outside.
    ///
    /// Peter Acklam's rational approximation, made exact by two steps of Halley's.
    package static func quantile(_ part: Double) -> Double? {
        guard part >= 0, part <= 1 else { return nil }
        guard part > 0 else { return -.infinity }
        guard part < 1 else { return .infinity }
        // The upper half mirrors the lower one, where small parts keep their digits.
        guard part <= 0.5 else { return quantile(1 - part).map { -$0 } }
        var x = start(part)
        for _ in 0..<2 {
            let density = SpecialFunctions.exponential(-x * x / 2) / (2 * Double.pi).squareRoot()
            guard density > 0 else { break }
            let step = (below(x) - part) / density
            x -= step / (1 + x * step / 2)
        }
        return x
    }

    private static func start(_ part: Double) -> Double {
        if part < 0.02425 {
            let q = (-2 * SpecialFunctions.logarithm(part)).squareRoot()
            return polynomial(
                q,
                [
                    -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838,
                    -2.549732539343734, 4.374664141464968, 2.938163982698783,
                ])
                / polynomial(
                    q,
                    [
                        7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996,
                        3.754408661907416, 1,
                    ])
        }
        let q = part - 0.5
        let r = q * q
        return polynomial(
            r,
            [
                -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
                1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239,
            ]) * q
            / polynomial(
                r,
                [
                    -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                    6.680131188771972e+01, -1.328068155288572e+01, 1,
                ])
    }

    private static func polynomial(_ x: Double, _ factors: [Double]) -> Double {
        factors.reduce(0) { $0 * x + $1 }
    }
}
