/// How a gate judges what it is told.
package enum GateRule: Hashable, Sendable {
    /// By `minimum` and `maximum`.
    case range
    /// By the same question about stable, over the same stretch.
    case compare(ComparisonRule)
    /// By both versions' failures, so that looking often makes no false alarms.
    case sequential(SequentialRule)
    /// By how fast the error budget burns, over several windows.
    case burnRate(BurnRateRule)
    /// By several metrics' numbers over time, candidate against stable.
    case distributions(DistributionRule)

    /// Whether stable must have users, too.
    package var needsStable: Bool {
        switch self {
        case .compare, .sequential, .distributions: true
        case .range, .burnRate: false
        }
    }
}

/// How much worse than stable's a value may be.
package struct ComparisonRule: Hashable, Sendable {
    package enum Worse: String, Hashable, Sendable, CaseIterable {
        case higher, lower, either
    }

    /// As a part of stable's value.
    package var relative: Double
    /// In the value's own unit; both are added up.
    package var absolute: Double
    package var worse: Worse

    package init(relative: Double = 0, absolute: Double = 0, worse: Worse = .higher) {
        self.relative = relative
        self.absolute = absolute
        self.worse = worse
    }
}

/// How sure a sequential gate must be.
package struct SequentialRule: Hashable, Sendable {
    /// Passes once the candidate's failures are surely no more than stable's and so much: 0.01 is one
    /// request in a hundred.
    package var margin: Double
    /// How many of the releases that are no worse than stable may be called worse, whatever the number of
    /// looks.
    package var falseAlarms: Double
    /// How sure it must be to let one pass.
    package var confidence: Double

    package init(margin: Double = 0.01, falseAlarms: Double = 0.02, confidence: Double = 0.95) {
        self.margin = margin
        self.falseAlarms = falseAlarms
        self.confidence = confidence
    }
}

/// Which part of the requests must go well, and how fast the rest may be used up.
package struct BurnRateRule: Hashable, Sendable {
    package struct Window: Hashable, Sendable {
        /// Shows that the budget burns still.
        package var short: Duration
        /// Shows that it is more than a flicker.
        package var long: Duration
        /// So many times as fast as would use up the budget exactly.
        package var factor: Double

        package init(short: Duration, long: Duration, factor: Double) {
            self.short = short
            self.long = long
            self.factor = factor
        }
    }

    /// 0.999 for 99.9%.
    package var objective: Double
    package var windows: [Window]

    package static let windows = [
        Window(short: .seconds(60), long: .seconds(300), factor: 14.4),
        Window(short: .seconds(300), long: .seconds(1800), factor: 6),
    ]

    package init(objective: Double, windows: [Window] = BurnRateRule.windows) {
        self.objective = objective
        self.windows = windows
    }
}

/// How many failing answers it takes: so many of the last few.
package struct FailureRule: Hashable, Sendable {
    package var count: Int
    package var of: Int

    package init(_ count: Int = 1, of: Int = 1) {
        self.count = count
        self.of = of
    }
}

extension GateRule {
    /// What is wrong with it, a sentence each.
    func faults(_ name: String) -> [String] {
        switch self {
        case .range: []
        case .compare(let rule): rule.faults(name)
        case .sequential(let rule): rule.faults(name)
        case .burnRate(let rule): rule.faults(name)
        case .distributions(let rule): rule.faults(name)
        }
    }
}

extension ComparisonRule {
    fileprivate func faults(_ name: String) -> [String] {
        let isSound = relative.isFinite && absolute.isFinite && relative >= 0 && absolute >= 0
        return isSound ? [] : ["gate \(name): a tolerance must be a number from 0 up"]
    }
}

extension SequentialRule {
    fileprivate func faults(_ name: String) -> [String] {
        var faults: [String] = []
        if !(margin > 0 && margin < 1) {
            faults.append("gate \(name): noWorseThan must lie between 0% and 100%")
        }
        if !(falseAlarms > 0 && falseAlarms <= 0.5) {
            faults.append("gate \(name): falseAlarms must lie between 0% and 50%")
        }
        if !(confidence >= 0.5 && confidence < 1) {
            faults.append("gate \(name): confidence must lie between 50% and 100%")
        }
        return faults
    }
}

extension BurnRateRule {
    fileprivate func faults(_ name: String) -> [String] {
        var faults: [String] = []
        if !(objective > 0 && objective < 1) {
            faults.append("gate \(name): objective must lie between 0% and 100%")
        }
        if windows.isEmpty { faults.append("gate \(name): there are no windows") }
        for window in windows {
            if window.short > window.long {
                faults.append("gate \(name): a short window is longer than its long one")
            }
            if window.long > GateWindow.memory {
                faults.append(
                    "gate \(name): no window may be longer than"
                        + " \(QueryText.duration(GateWindow.memory)):"
                        + " what own tests sent before is not remembered")
            }
            if !(window.factor * (1 - objective) < 1 && window.factor > 0) {
                faults.append(
                    "gate \(name): at a factor of \(window.factor) the budget could not burn so fast"
                )
            }
        }
        return faults
    }
}
