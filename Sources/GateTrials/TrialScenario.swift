/// Which versions meet how many users, and for how long they are looked at.
package struct TrialScenario: Hashable, Sendable {
    package static let scrape = 15.0
    /// A bake that waits on for evidence ends after so many seconds at the latest.
    package static let longest = 1800.0

    package var name: String
    /// The candidate's part of the requests.
    package var weight: Double
    package var requestsPerSecond: Double
    /// Which part of the candidate's requests fails.
    package var candidate: Double
    package var stable: Double
    /// Both fail so many times as often, from the fifth to the seventh minute.
    package var burst = 1.0
    /// Both fail more and more often, at the end so many times as often.
    package var drift = 1.0

    package init(
        _ name: String, weight: Double, requestsPerSecond: Double, candidate: Double,
        stable: Double, burst: Double = 1, drift: Double = 1
    ) {
        self.name = name
        self.weight = weight
        self.requestsPerSecond = requestsPerSecond
        self.candidate = candidate
        self.stable = stable
        self.burst = burst
        self.drift = drift
    }

    /// How many times as often both fail at that moment.
    func swell(at seconds: Double) -> Double {
        let drifted = 1 + (drift - 1) * seconds / (Self.longest - Self.scrape)
        return (300..<420).contains(seconds) ? drifted * burst : drifted
    }

    package static let loads: [(weight: Double, requestsPerSecond: Double)] = [
        (0.01, 20), (0.01, 2000), (0.5, 20), (0.5, 2000),
    ]

    package static func all(
        candidate: Double, stable: Double, burst: Double = 1, drift: Double = 1
    ) -> [TrialScenario] {
        loads.map {
            TrialScenario(
                "\(Percent.text($0.weight)) of \(Int($0.requestsPerSecond))/s", weight: $0.weight,
                requestsPerSecond: $0.requestsPerSecond, candidate: candidate, stable: stable,
                burst: burst, drift: drift)
        }
    }
}

/// Parts of a hundred, as people read them.
enum Percent {
    static func text(_ part: Double) -> String {
        let tenths = (part * 1000).rounded()
        return tenths.truncatingRemainder(dividingBy: 10) == 0
            ? "\(Int(tenths / 10))%" : "\(Int(tenths) / 10).\(Int(tenths) % 10)%"
    }
}
