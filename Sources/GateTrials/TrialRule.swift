package import CanaryEngine
package import MetricsGate
internal import Statistics

/// A rule that decides between users' requests at two versions.
package enum TrialRule: Hashable, Sendable {
    /// Ours.
    case sequential(SequentialRule)
    /// The error ratio of the last ten minutes against a bound, from 100 requests on.
    case fixed(most: Double)
    /// Flagger's: every minute the ratio of that minute against a bound; so many failed checks, in a
    /// row or not, roll back. A minute without requests is a failed check.
    case countedChecks(most: Double, failures: Int)
    /// Kayenta's: every so many minutes Mann and Whitney's test on the error ratios of all minutes so
    /// far, with its tolerance of 0.25 and confidence of 0.98; a single metric scores 0 or 100.
    case scored(everyMinutes: Int)

    package var name: String {
        switch self {
        case .sequential: "sequential, false alarms \(setting)"
        case .fixed: "fixed, at most \(setting)"
        case .countedChecks: "checks counted, at most \(setting) may fail"
        case .scored: "scored, \(setting)"
        }
    }

    /// What tells it from others of its kind.
    package var setting: String {
        switch self {
        case .sequential(let rule): Percent.text(rule.falseAlarms)
        case .fixed(let most): Percent.text(most)
        case .countedChecks(let most, let failures): "\(Percent.text(most)), \(failures)"
        case .scored(let minutes): "every \(minutes) min"
        }
    }

    /// What it says at the newest look; `.fail` ends the run.
    package func ruling(_ looks: [TrialLook], share: Double) -> Verdict.Ruling {
        var sight = TrialSight(looks)
        return ruling(&sight, share: share)
    }

    func ruling(_ sight: inout TrialSight, share: Double) -> Verdict.Ruling {
        let looks = sight.looks
        guard let now = looks.last else { return .notEnough }
        switch self {
        case .sequential(let rule):
            return rule.inWindow(0).ruling(
                candidate: now.candidate, stable: now.stable, share: share, minimumSamples: 100)
        case .fixed(let most):
            let before = looks.count > 40 ? looks[looks.count - 41] : TrialLook()
            let count = now.candidate.since(before.candidate)
            guard count.total >= 100 else { return .notEnough }
            return count.rate > most ? .fail : .pass
        case .countedChecks(let most, let failures):
            guard looks.count % 4 == 0 else { return .notEnough }
            let failed = sight.minutes.count {
                $0.candidate.total == 0 || $0.candidate.rate > most
            }
            return failed >= failures ? .fail : .pass
        case .scored(let minutes):
            guard looks.count % (4 * minutes) == 0 else { return .notEnough }
            return sight.score
        }
    }
}

/// What rules see at one look: reckoned once, however many look.
struct TrialSight {
    let looks: [TrialLook]

    init(_ looks: [TrialLook]) { self.looks = looks }

    /// What each full minute brought.
    lazy var minutes: [TrialLook] = stride(from: 3, to: looks.count, by: 4).map { place in
        let before = place > 3 ? looks[place - 4] : TrialLook()
        let now = looks[place]
        return TrialLook(
            seconds: now.seconds, candidate: now.candidate.since(before.candidate),
            stable: now.stable.since(before.stable))
    }

    /// Mann and Whitney's test on all minutes so far.
    ///
    /// Minutes without requests have no ratio, and are removed, as Kayenta removes NaN.
    lazy var score: Verdict.Ruling = {
        let one = minutes.map(\.candidate).filter { $0.total > 0 }.map(\.rate)
        let other = minutes.map(\.stable).filter { $0.total > 0 }.map(\.rate)
        guard !one.isEmpty, !other.isEmpty else { return .fail }
        guard one.sorted() != other.sorted(), Set(one + other).count > 1,
            let shift = ShiftInterval(one, above: other, confidence: 0.98)
        else { return .pass }
        return shift.lower > 0.25 * abs(shift.estimate) ? .fail : .pass
    }()
}
