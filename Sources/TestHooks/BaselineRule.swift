package import CanaryEngine

/// Whether numbers are worse than those of the recorded execution.
///
/// Of most numbers less is better; more is better of those named in `higherIsBetter` and of the
/// known ones. A number that is missing, or is none, is worse.
package struct BaselineRule: Hashable, Sendable {
    /// One number that is worse.
    package struct Worsening: Hashable, Sendable, CustomStringConvertible {
        package let name: String
        /// nil: it was not recorded.
        package let before: Double?
        /// nil: it is missing now.
        package let now: Double?

        package var description: String {
            guard let before else { return "\(name) is not among the recorded numbers" }
            guard let now else { return "\(name) was \(NumberText.short(before)) and is missing" }
            let change = before == 0 ? "" : " (\(percentage(now, before)))"
            return "\(name) went from \(NumberText.short(before)) to \(NumberText.short(now))"
                + change
        }

        private func percentage(_ now: Double, _ before: Double) -> String {
            let change = (now - before) / abs(before) * 100
            return (change > 0 ? "+" : "") + NumberText.short(change) + "%"
        }
    }

    /// How one number may change.
    package struct Tolerance: Hashable, Sendable {
        package let name: String
        /// Above 0: it may rise by so much.
        ///
        /// Below 0: it may fall by so much. The other way is better.
        package let change: Double

        package init(_ name: String, _ change: Double) {
            self.name = name
            self.change = change
        }
    }

    package let tolerance: Double
    package let higherIsBetter: [String]
    /// Where there are any, these numbers are compared and no others.
    package let named: [Tolerance]

    /// `tolerance` 0.2 lets a number be 20 % worse.
    package init(
        tolerance: Double, higherIsBetter: [String] = [], named: [Tolerance] = []
    ) {
        self.tolerance = max(0, tolerance)
        self.higherIsBetter = higherIsBetter + [LoadMeasure.throughput]
        self.named = named
    }

    /// Latencies of less than this are noise: so much more is never worse.
    private static let slack = 1.0

    /// The numbers that are worse, in the baseline's order; `now` may have more numbers.
    package func compare(now: [Measure], baseline: [Measure]) -> [Worsening] {
        guard named.isEmpty else { return compareNamed(now, baseline) }
        return baseline.compactMap { before in
            let now = now.first { $0.name == before.name }?.value
            let isGood = isHigherBetter(before.name)
            let change = isGood ? -tolerance : tolerance
            if let now, Self.isFine(before, now, change, isHigherBetter: isGood) { return nil }
            return Worsening(name: before.name, before: before.value, now: now)
        }
    }

    /// A number that the baseline lacks cannot be held against anything: it is worse, too.
    private func compareNamed(_ now: [Measure], _ baseline: [Measure]) -> [Worsening] {
        named.compactMap { one in
            let before = baseline.first { $0.name == one.name }
            let now = now.first { $0.name == one.name }?.value
            let isGood = one.change == 0 ? isHigherBetter(one.name) : one.change < 0
            if let before, let now, Self.isFine(before, now, one.change, isHigherBetter: isGood) {
                return nil
            }
            return Worsening(name: one.name, before: before?.value, now: now)
        }
    }

    private func isHigherBetter(_ name: String) -> Bool { higherIsBetter.contains(name) }

    /// Written so that NaN is never fine.
    private static func isFine(
        _ before: Measure, _ now: Double, _ change: Double, isHigherBetter: Bool
    ) -> Bool {
        let room = abs(before.value) * abs(change)
        if isHigherBetter { return now >= before.value - room }
        let slack = LoadMeasure.latencies.contains(before.name) ? slack : 0
        return now <= before.value + max(room, slack)
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
