internal import CanaryEngine
internal import Lab
internal import MetricsGate
internal import Statistics

/// One delivery by its numbers alone: users' requests dealt at random, gates that look on.
///
/// Sequential gates are judged by MetricsGate itself, the others after the same few lines. Nothing is
/// written, so a run takes as long as its judges do.
package struct ThinRun: Sendable {
    package struct Load: Hashable, Sendable {
        package var requestsPerSecond: Double
        /// The part of its requests that fails, at either version.
        package var candidate: Double
        package var stable: Double

        package init(requestsPerSecond: Double, candidate: Double, stable: Double) {
            self.requestsPerSecond = requestsPerSecond
            self.candidate = candidate
            self.stable = stable
        }
    }

    /// Who turned the run round.
    package enum Noticed: Hashable, Sendable {
        case gate(step: Int, name: String)
        /// Not enough evidence within the bake's longest time.
        case silence(step: Int)
    }

    /// nil: promoted.
    package private(set) var noticed: Noticed?
    /// The candidate's failed requests until users were home, or until the run was over.
    package private(set) var hurt = 0.0
    /// The same by stages.
    package private(set) var hurtByStage: [Double]
    /// From the first user at the candidate to the end, or the turn.
    package private(set) var lasted = Duration.zero

    private let plan: ThinPlan
    private let load: Load
    private var dice: SeededGenerator
    /// Of the present stage, since the weight took effect.
    private var looks: [TrialLook] = []
    private var share = 0.0

    package init(_ plan: ThinPlan, _ load: Load, seed: UInt64) {
        self.plan = plan
        self.load = load
        dice = SeededGenerator(seed: seed &* 0x2545_F491_4F6C_DD1D &+ 11)
        hurtByStage = [Double](repeating: 0, count: plan.stages.count)
        for (index, stage) in plan.stages.enumerated() {
            play(stage, index)
            if noticed != nil {
                add(
                    load.candidate * load.requestsPerSecond * stage.share * plan.home.inSeconds,
                    index)
                break
            }
        }
    }

    private mutating func add(_ failures: Double, _ stage: Int) {
        hurt += failures
        hurtByStage[stage] += failures
    }

    private mutating func play(_ stage: ThinPlan.Stage, _ index: Int) {
        share = stage.share
        looks = [TrialLook()]
        for (place, part) in stage.parts.enumerated() where noticed == nil {
            switch part {
            case .wait(let duration):
                goOn(for: duration, index)
                // The first is the weight itself: the window begins behind it.
                if place == 0 { looks = [TrialLook()] }
            case .watch(let watch): play(watch, index)
            }
        }
    }

    private mutating func goOn(for duration: Duration, _ stage: Int) {
        var rest = duration.inSeconds
        while rest > 0 {
            let part = min(rest, plan.scrape.inSeconds)
            let before = looks.last ?? TrialLook()
            func count(_ share: Double, _ failing: Double, _ old: RateCount) -> RateCount {
                let rate = load.requestsPerSecond * share * part
                let failures = dice.poisson(rate * failing)
                return RateCount(
                    failures: old.failures + failures,
                    of: old.total + failures + dice.poisson(rate * (1 - failing)))
            }
            let candidate = count(share, load.candidate, before.candidate)
            let stable = count(1 - share, load.stable, before.stable)
            looks.append(
                TrialLook(seconds: before.seconds + part, candidate: candidate, stable: stable))
            add(candidate.failures - before.candidate.failures, stage)
            rest -= part
        }
        lasted += duration
    }

    /// Scrape by scrape; each gate looks as often as it says.
    private mutating func play(_ watch: ThinPlan.Watch, _ stage: Int) {
        var judges = watch.gates.map { ThinJudge($0, scrape: plan.scrape.inSeconds) }
        var passed = Duration.zero
        while true {
            for place in judges.indices {
                let ruling = judges[place].look(looks, share: share, at: passed)
                if ruling == .fail {
                    noticed = .gate(step: watch.step, name: judges[place].gate.name)
                    return
                }
            }
            if passed >= watch.duration, judges.allSatisfy({ $0.newest == .pass }) { return }
            if passed >= watch.longest {
                noticed = .silence(step: watch.step)
                return
            }
            let step = min(plan.scrape, watch.longest - passed)
            goOn(for: max(step, .milliseconds(100)), stage)
            passed += step
        }
    }
}

/// One gate that looks on.
private struct ThinJudge {
    let gate: GateSpec
    let scrape: Double
    private(set) var newest = Verdict.Ruling.notEnough
    private var next = Duration.zero
    /// The newest answers, whether they failed.
    private var failed: [Bool] = []

    /// No range looks back further.
    private static let longest = 600.0

    init(_ gate: GateSpec, scrape: Double) {
        self.gate = gate
        self.scrape = scrape
    }

    /// What it says now; between its looks what it said last.
    mutating func look(_ looks: [TrialLook], share: Double, at passed: Duration) -> Verdict.Ruling {
        guard passed >= next else { return newest }
        next = passed + gate.every
        newest = counted(ruling(looks, share))
        return newest
    }

    /// It may take several failing answers.
    private mutating func counted(_ ruling: Verdict.Ruling) -> Verdict.Ruling {
        guard ruling != .notEnough else { return ruling }
        failed.append(ruling == .fail)
        failed.removeFirst(max(0, failed.count - gate.failures.of))
        guard ruling == .fail, failed.count(where: { $0 }) < gate.failures.count else {
            return ruling
        }
        return .notEnough
    }

    private func ruling(_ looks: [TrialLook], _ share: Double) -> Verdict.Ruling {
        guard gate.isThin else { return .pass }
        guard let now = looks.last, now.seconds >= scrape * 2 else { return .notEnough }
        if case .sequential(let rule) = gate.rule {
            let index = Int(now.seconds / GateWindow.memory.inSeconds)
            let begin = Double(index) * GateWindow.memory.inSeconds
            let before = looks.last { $0.seconds <= begin } ?? TrialLook()
            return rule.inWindow(index).ruling(
                candidate: now.candidate.since(before.candidate),
                stable: now.stable.since(before.stable), share: share,
                minimumSamples: gate.minimumSamples)
        }
        let before = looks.last { $0.seconds <= now.seconds - Self.longest } ?? TrialLook()
        let candidate = now.candidate.since(before.candidate)
        guard candidate.total >= Double(max(1, gate.minimumSamples)) else { return .notEnough }
        if case .compare(let rule) = gate.rule {
            let stable = now.stable.since(before.stable)
            guard stable.total >= Double(max(1, gate.minimumSamples)) else { return .notEnough }
            let slack = stable.rate * rule.relative + rule.absolute
            return candidate.rate > stable.rate + slack ? .fail : .pass
        }
        let isSuccess = if case .successRate = gate.question { true } else { false }
        return gate.holds(isSuccess ? 1 - candidate.rate : candidate.rate) ? .pass : .fail
    }
}

extension RateCount {
    func since(_ earlier: RateCount) -> RateCount {
        RateCount(failures: failures - earlier.failures, of: total - earlier.total)
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
