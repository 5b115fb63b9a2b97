package import CanaryEngine

/// Whether numbers are worse than those of the recorded execution.
///
/// Of most numbers less is better; more is better of those named in `higherIsBetter` and of the
/// known ones. A number that is missing, or is none, is worse.
package struct BaselineRule: Hashable, Sendable {
    /// One number that is worse.
    package struct Worsening: Hashable, Sendable, CustomStringConvertible {
        package let name: String
        package let before: Double
        /// nil: it is missing now.
        package let now: Double?

        package var description: String {
            guard let now else { return "\(name) was \(NumberText.short(before)) and is missing" }
            let change = before == 0 ? "" : " (\(percentage(now)))"
            return "\(name) went from \(NumberText.short(before)) to \(NumberText.short(now))"
                + change
        }

        private func percentage(_ now: Double) -> String {
            let change = (now - before) / abs(before) * 100
            return (change > 0 ? "+" : "") + NumberText.short(change) + "%"
        }
    }

    package let tolerance: Double
    package let higherIsBetter: [String]

    /// `tolerance` 0.2 lets a number be 20 % worse.
    package init(tolerance: Double, higherIsBetter: [String] = []) {
        self.tolerance = max(0, tolerance)
        self.higherIsBetter = higherIsBetter + [LoadMeasure.throughput]
    }

    /// Latencies of less than this are noise: so much more is never worse.
    private static let slack = 1.0

    /// The numbers that are worse, in the baseline's order; `now` may have more numbers.
    package func compare(now: [Measure], baseline: [Measure]) -> [Worsening] {
        baseline.compactMap { before in
            let now = now.first { $0.name == before.name }?.value
            if let now, isFine(before.name, now: now, before: before.value) { return nil }
            return Worsening(name: before.name, before: before.value, now: now)
        }
    }

    /// Written so that NaN is never fine.
    private func isFine(_ name: String, now: Double, before: Double) -> Bool {
        if higherIsBetter.contains(name) { return now >= before - abs(before) * tolerance }
        let slack = LoadMeasure.latencies.contains(name) ? Self.slack : 0
        return now <= before + max(abs(before) * tolerance, slack)
    }
}

/// The numbers that a load test gives.
package enum LoadMeasure {
    /// Milliseconds, of the answers that came.
    package static let median = "p50"
    package static let ninetieth = "p90"
    package static let ninetyNinth = "p99"
    /// The part of the requests that failed.
    package static let errors = "errors"
    /// Answers a second.
    package static let throughput = "throughput"

    static let latencies = [median, ninetieth, ninetyNinth]
}
