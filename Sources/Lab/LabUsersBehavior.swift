internal import Glibc
package import JSONTree

/// How long answers take: log-normal, as latencies mostly are.
package struct LatencyProfile: Hashable, Sendable {
    /// Half of the answers are quicker, in milliseconds.
    package var median: Double
    /// The standard deviation of the logarithm; 0 makes all answers equally slow.
    package var spread: Double

    package init(median: Double, spread: Double = 0.5) {
        self.median = max(median, 0.01)
        self.spread = max(spread, 0)
    }

    /// The share of answers that take at most so many milliseconds.
    func share(within milliseconds: Double) -> Double {
        if milliseconds == .infinity { return 1 }
        if spread == 0 { return milliseconds >= median ? 1 : 0 }
        return 0.5 * (1 + erf(log(milliseconds / median) / (spread * 2.0.squareRoot())))
    }

    var mean: Double { median * exp(spread * spread / 2) }

    /// One answer's milliseconds.
    func draw(with dice: inout SeededGenerator) -> Double {
        if spread == 0 { return median }
        let angle = 2 * Double.pi * dice.fraction()
        let normal = (-2 * log(1 - dice.fraction())).squareRoot() * cos(angle)
        return median * exp(spread * normal)
    }

    /// Istio's bucket bounds, in milliseconds.
    static let bounds: [Double] = [
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300_000,
        600_000, 1_800_000, 3_600_000, .infinity,
    ]
}

/// How the pods of one version answer.
package struct VersionBehavior: Hashable, Sendable {
    /// The share of requests that fail, 0...1.
    package var errorRate: Double
    package var errorCode: Int
    package var latency: LatencyProfile
    /// From which share of the service's requests on another behaviour takes over.
    package var strained: Strain?
    /// Requests a second that one pod can bear; what comes beyond fails with 503.
    package var capacityPerPod: Double?
    /// Which part of their limits its pods use, as the metrics of pods show it.
    package var saturation = 0.3

    /// A version that is well while little traffic reaches it, and ill above.
    package struct Strain: Hashable, Sendable {
        /// In percent of the service's requests.
        package var above: Double
        package var errorRate: Double
        package var latency: LatencyProfile

        package init(above: Double, errorRate: Double, latency: LatencyProfile) {
            self.above = above
            self.errorRate = errorRate
            self.latency = latency
        }
    }

    package init(
        errorRate: Double = 0, errorCode: Int = 500,
        latency: LatencyProfile = LatencyProfile(median: 12), strained: Strain? = nil,
        capacityPerPod: Double? = nil
    ) {
        self.errorRate = min(max(errorRate, 0), 1)
        self.errorCode = errorCode
        self.latency = latency
        self.strained = strained
        self.capacityPerPod = capacityPerPod
    }

    /// What holds while the version has `percent` of its service's requests.
    func under(percent: Double) -> VersionBehavior {
        guard let strained, percent > strained.above else { return self }
        var changed = self
        changed.errorRate = strained.errorRate
        changed.latency = strained.latency
        return changed
    }
}

extension VersionBehavior {
    /// Reads how a version answers.
    ///
    /// `{errorRate, errorCode, latency: {median, spread}, capacityPerPod, saturation, strained:
    /// {above, errorRate, latency}}`; what is not there is usual.
    package init(_ tree: JSONTree) {
        let latency = LatencyProfile(tree["latency"], or: LatencyProfile(median: 12))
        self.init(
            errorRate: tree["errorRate"]?.decimal ?? 0, errorCode: tree["errorCode"]?.whole ?? 500,
            latency: latency, capacityPerPod: tree["capacityPerPod"]?.decimal)
        if let share = tree["saturation"]?.decimal { saturation = max(share, 0) }
        if let strain = tree["strained"], let above = strain["above"]?.decimal {
            strained = Strain(
                above: above, errorRate: strain["errorRate"]?.decimal ?? errorRate,
                latency: LatencyProfile(strain["latency"], or: latency))
        }
    }
}

extension LatencyProfile {
    fileprivate init(_ tree: JSONTree?, or other: LatencyProfile) {
        self.init(
            median: tree?["median"]?.decimal ?? other.median,
            spread: tree?["spread"]?.decimal ?? other.spread)
    }
}
