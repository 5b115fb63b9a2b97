internal import CanaryEngine

/// A change of a flow that was tried, and what came of it.
package struct TriedChange: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        /// This bake of the step lasts so long, instead of that.
        case bake(step: Int, Duration, insteadOf: Duration)
        /// The first share, in percent.
        case firstShare(step: Int, Int, insteadOf: Int)
    }

    package let change: Change
    /// Of a good delivery: how much sooner it is promoted; below zero, later.
    package let sooner: Duration
    /// How many of all candidates that fail are rolled back, with the change and without.
    package let caught: Double
    package let caughtNow: Double
    /// How many good ones are.
    package let falseAlarms: Double
    package let falseAlarmsNow: Double
    /// Requests hurt by a candidate that fails every fourth, in the mean.
    package let hurt: Double
    package let hurtNow: Double
    package let runs: Int
}

/// Tries changes of a plan on the same dice, and tells those that cost nothing.
package struct Adviser: Sendable {
    private let plan: ThinPlan
    private let load: Double
    private let runs: Int
    private let seed: UInt64

    /// Candidates that advice is tried on; the last is the one that hurt is told of.
    private static let failing = [0.005, 0.01, 0.02, 0.05, 0.25]
    private static let bakes: [Duration] = [
        .seconds(60), .seconds(120), .seconds(180), .seconds(300), .seconds(600),
    ]
    /// What is not worth a change.
    private static let leastSaved = Duration.seconds(60)
    /// Odds that differ by no more are the same.
    private static let slack = 0.01

    package init(plan: ThinPlan, load: Double, runs: Int, seed: UInt64) {
        self.plan = plan
        self.load = load
        self.runs = runs
        self.seed = seed
    }

    /// The plan with one change; the first of all has none.
    package struct Variant: Hashable, Sendable {
        package let change: TriedChange.Change?
        let plan: ThinPlan
    }

    /// What deliveries of one variant brought.
    package struct Finding: Hashable, Sendable {
        let good: BlastRadius.Point
        let bad: [BlastRadius.Point]

        var caught: Double { bad.map(\.rolledBack).reduce(0, +) / Double(max(1, bad.count)) }
        var hurt: Double { bad.last?.meanHurt ?? 0 }
    }

    package var variants: [Variant] {
        var variants = [Variant(change: nil, plan: plan)]
        for (stage, part, watch) in plan.watches {
            for bake in Self.bakes where bake < watch.duration {
                variants.append(
                    Variant(
                        change: .bake(step: watch.step, bake, insteadOf: watch.duration),
                        plan: plan.baking(for: bake, at: stage, part)))
            }
        }
        // The last share is where the flow wants to be.
        if let first = plan.stages.first, plan.stages.count > 1, first.share >= 0.05 {
            let now = Int((first.share * 100).rounded())
            for share in [1, 5, 10] where share * 2 <= now {
                var changed = plan
                changed.stages[0].share = Double(share) / 100
                variants.append(
                    Variant(
                        change: .firstShare(step: first.step, share, insteadOf: now), plan: changed)
                )
            }
        }
        return variants
    }

    /// `found`: of all variants, in their order.
    package func advice(from found: [Finding]) -> [TriedChange] {
        guard let now = found.first else { return [] }
        let told = zip(variants, found).compactMap { variant, finding in
            variant.change.flatMap { self.told($0, finding, now) }
        }
        return Self.best(told)
    }

    package func finding(of variant: Variant) -> Finding {
        func point(_ part: Double) -> BlastRadius.Point {
            BlastRadius.Point(
                variant.plan,
                ThinRun.Load(
                    requestsPerSecond: load, candidate: part, stable: BlastRadius.usual),
                runs: runs, seed: seed)
        }
        return Finding(good: point(BlastRadius.usual), bad: Self.failing.map(point))
    }

    /// nil where it costs something, or brings too little.
    private func told(_ change: TriedChange.Change, _ then: Finding, _ now: Finding) -> TriedChange?
    {
        guard let before = now.good.medianPromoted, let after = then.good.medianPromoted,
            then.good.rolledBack <= now.good.rolledBack + Self.slack,
            zip(then.bad, now.bad).allSatisfy({ $0.rolledBack >= $1.rolledBack - Self.slack })
        else { return nil }
        let sooner = before - after
        let advice = TriedChange(
            change: change, sooner: sooner, caught: then.caught, caughtNow: now.caught,
            falseAlarms: then.good.rolledBack, falseAlarmsNow: now.good.rolledBack,
            hurt: then.hurt, hurtNow: now.hurt, runs: runs)
        switch change {
        case .bake:
            let isHarmless = zip(then.bad, now.bad).allSatisfy {
                $0.meanHurt <= $1.meanHurt * 1.02 + 1
            }
            return sooner >= Self.leastSaved && isHarmless ? advice : nil
        case .firstShare:
            return then.hurt < now.hurt * 0.7 && sooner >= before * -0.1 ? advice : nil
        }
    }

    /// Of each step the change that brings most.
    private static func best(_ advice: [TriedChange]) -> [TriedChange] {
        var best: [TriedChange] = []
        for one in advice {
            guard let place = best.firstIndex(where: { $0.step == one.step }) else {
                best.append(one)
                continue
            }
            if one.isBetter(than: best[place]) { best[place] = one }
        }
        return best
    }
}

extension TriedChange {
    package var step: Int {
        switch change {
        case .bake(let step, _, _), .firstShare(let step, _, _): step
        }
    }

    fileprivate func isBetter(than other: TriedChange) -> Bool {
        if case .firstShare = change { return hurt < other.hurt }
        return sooner > other.sooner
    }
}
