package import CanaryEngine

/// How one route's hundred is divided between foreign destinations and the two versions.
package struct WeightPool: Hashable, Sendable {
    /// What is left for the two versions when the foreign destinations have theirs.
    package let size: Int

    /// nil where there is nothing to divide: either version needs at least 1.
    package init?(foreign: Int) {
        guard (0...98).contains(foreign) else { return nil }
        size = 100 - foreign
    }

    /// The candidate's part; at any weight between 0 and 100 both versions have some.
    package func candidate(at weight: TrafficWeight) -> Int {
        switch weight.percent {
        case 0: 0
        case 100: size
        default: min(max((weight.percent * size + 50) / 100, 1), size - 1)
        }
    }

    package func stable(at weight: TrafficWeight) -> Int { size - candidate(at: weight) }

    /// The share of the pool, in percent, that the candidate has with `part`; rounded up, so that
    /// some is never shown as none.
    package func share(of part: Int) -> TrafficWeight {
        TrafficWeight(percent: min(max((part * 100 + size - 1) / size, 0), 100)) ?? .all
    }

    /// The candidate's share, 0 to 1, of what both versions get together at a weight.
    ///
    /// Several pools count as if equally many requests came by each; where none is known, the
    /// percent must do.
    package static func share(at weight: TrafficWeight, in pools: [WeightPool]) -> Double {
        guard !pools.isEmpty else { return Double(weight.percent) / 100 }
        let candidate = pools.reduce(0) { $0 + $1.candidate(at: weight) }
        return Double(candidate) / Double(pools.reduce(0) { $0 + $1.size })
    }
}
