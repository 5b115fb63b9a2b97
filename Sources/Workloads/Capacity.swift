package import CanaryEngine

/// How much traffic so many pods carry, measured by stable's ready pods at backup.
package enum Capacity {
    /// The highest share, in percent, that `ready` pods may have.
    ///
    /// min(100, floor(100 × ready / stableReady)). Where stable had no ready pod
    /// there is nothing to measure by: any pod carries all.
    package static func carry(ready: Int, ofStableReady stableReady: Int) -> Int {
        guard ready > 0 else { return 0 }
        guard stableReady > 0 else { return 100 }
        let (pods, overflow) = ready.multipliedReportingOverflow(by: 100)
        return overflow ? 100 : min(100, pods / stableReady)
    }

    /// The pods that must be ready before `weight`: ceil(weight × stableReady), at least 1 for any.
    package static func floor(for weight: TrafficWeight, stableReady: Int) -> Int {
        guard weight > .none else { return 0 }
        let stable = max(0, stableReady)
        let whole = stable / 100 * weight.percent
        let rest = (stable % 100 * weight.percent + 99) / 100
        return max(1, whole + rest)
    }
}
