/// How Prometheus writes numbers in its answers.
enum PromQLNumber {
    /// No more digits than needed, `NaN`, `+Inf`, `-Inf`; powers of ten only for the very large
    /// (from 1e21) and the very small (below 1e-6).
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number > 0 ? "+Inf" : "-Inf" }
        if number == number.rounded(), abs(number) < 1e15 { return String(Int(number)) }
        let written = String(number)
        guard let mark = written.firstIndex(of: "e"),
            let power = Int(written[written.index(after: mark)...])
        else { return written }
        let mantissa = written[..<mark]
        guard abs(number) >= 1e-6, abs(number) < 1e21 else {
            return whole(mantissa) + (power < 0 ? "e\(power)" : "e+\(power)")
        }
        return plain(mantissa, power)
    }

    private static func whole(_ mantissa: Substring) -> String {
        String(mantissa.hasSuffix(".0") ? mantissa.dropLast(2) : mantissa)
    }

    /// Writes out what Swift writes with a power of ten.
    private static func plain(_ mantissa: Substring, _ power: Int) -> String {
        let sign = mantissa.hasPrefix("-") ? "-" : ""
        let digits = whole(mantissa).filter { $0.isNumber }
        if power < 0 { return sign + "0." + String(repeating: "0", count: -power - 1) + digits }
        return sign + digits + String(repeating: "0", count: power + 1 - digits.count)
    }
}
