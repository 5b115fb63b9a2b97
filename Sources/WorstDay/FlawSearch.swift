internal import CanaryEngine
internal import FlowFiles
internal import Rehearsal

/// A weakness of the flow itself, shown by a play.
package struct Flaw: Hashable, Sendable {
    /// Stands in the JSON, and in docs/REHEARSE.md.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// Even where nothing goes wrong it is not promoted.
        case badDay = "bad-day"
        /// A candidate that fails from a share on gets a greater one, or all.
        case unjudgedShare = "unjudged-share"
        /// A crash there costs the release.
        case fragileStep = "fragile-step"
        /// A hook keeps the target held long after users are home.
        case blockedAbort = "blocked-abort"
        /// An abort does not end where it should.
        case failedAbort = "failed-abort"
        /// Metrics that come a little late cost the release.
        case shortBake = "short-bake"
        /// A candidate whose pods do not live is promoted.
        case deadCandidate = "dead-candidate"
    }

    package let code: Code
    package let place: Place
    package let sentence: String
    /// The plays that show it; the first is the one to look at.
    package let plays: [String]
}

/// Names the steps at fault.
struct FlawSearch: Sendable {
    let flow: Flow
    let results: [TrialResult]
    private let names: StepNames

    /// Who waits for a hook for longer than this keeps the next release waiting.
    static let patience = Duration.seconds(60)

    init(_ flow: Flow, _ results: [TrialResult]) {
        self.flow = flow
        self.results = results
        names = StepNames(flow.plan)
    }

    var flaws: [Flaw] {
        if let flaw = badDay { return [flaw] }
        return
            (shares + crashes + hooks + aborts + lateness + corpses).sorted {
                $0.place.order < $1.place.order
            }
    }

    private func of(_ what: Trial.What) -> [TrialResult] { results.filter { $0.what == what } }

    private var badDay: Flaw? {
        guard let day = of(.nothing).first(where: { $0.end != .promoted }) else { return nil }
        let place = day.turned ?? day.place
        return Flaw(
            code: .badDay, place: place,
            sentence:
                "even where nothing goes wrong, \(names.name(of: place)) does not pass: \(day.why)",
            plays: [day.trial])
    }

    // MARK: Gates

    private var shares: [Flaw] {
        // All users come at once there, and had nothing before.
        if flow.plan.isFirstRelease { return [] }
        return of(.turnsBad).compactMap { result in
            guard case .step(let step) = result.place,
                case .weight(let weight) = flow.plan.steps[step]
            else { return nil }
            let share = weight.percent
            if result.end == .promoted {
                return Flaw(
                    code: .unjudgedShare, place: result.place,
                    sentence:
                        "a candidate that fails every fifth request from \(share)% on is promoted:"
                        + " nothing behind this weight notices",
                    plays: [result.trial])
            }
            guard result.greatestShare > share else { return nil }
            return Flaw(
                code: .unjudgedShare, place: result.place,
                sentence: "a candidate that fails every fifth request from \(share)% on is given"
                    + " \(result.greatestShare)% of the users before"
                    + " \(names.name(of: result.turned ?? .over)) notices",
                plays: [result.trial])
        }
    }

    private var lateness: [Flaw] {
        of(.metricsLate).compactMap { result in
            guard result.end != .promoted else { return nil }
            let place = result.turned ?? result.place
            return Flaw(
                code: .shortBake, place: place,
                sentence:
                    "where metrics come \(result.detail) late a good candidate is rolled back:"
                    + " \(result.why)",
                plays: [result.trial])
        }
    }

    // MARK: Crashes and aborts

    private var crashes: [Flaw] {
        folded(of(.killed).filter { $0.end != .promoted }) { result in
            let end = result.end == .rolledBack ? "rolls the release back" : "ends with a person"
            return (.fragileStep, "a crash there \(end): \(result.why)")
        }
    }

    private var aborts: [Flaw] {
        folded(
            of(.aborted).filter { result in
                // Once promotion is decided an abort is refused.
                result.end != .rolledBack && result.place.order < Place.closing.order
                    && !(result.end == .promoted && result.turned == nil && isLast(result.place))
            }
        ) { result in
            (.failedAbort, "an abort there does not roll back: \(result.why)")
        }
    }

    /// The last step may be over before an abort is heard.
    private func isLast(_ place: Place) -> Bool { place == .step(flow.plan.steps.count - 1) }

    /// Like ones at the same step, told once.
    private func folded(
        _ results: [TrialResult], _ words: (TrialResult) -> (Flaw.Code, String)
    ) -> [Flaw] {
        var flaws: [Flaw] = []
        for result in results {
            let (code, sentence) = words(result)
            if let place = flaws.firstIndex(where: {
                $0.place == result.place && $0.sentence == sentence
            }) {
                flaws[place] = Flaw(
                    code: code, place: result.place, sentence: sentence,
                    plays: flaws[place].plays + [result.trial])
            } else {
                flaws.append(
                    Flaw(
                        code: code, place: result.place, sentence: sentence, plays: [result.trial]))
            }
        }
        return flaws
    }

    private var hooks: [Flaw] {
        of(.hookHangs).compactMap { result in
            guard let telling = result.longestTelling, telling.lasted > Self.patience else {
                return nil
            }
            return Flaw(
                code: .blockedAbort, place: .home,
                sentence:
                    "hook \(telling.name) (hooks.rolledBack), where it hangs, holds an abort up"
                    + " for \(telling.lasted.components.seconds) s: until then the next release is"
                    + " refused",
                plays: [result.trial])
        }
    }

    private var corpses: [Flaw] {
        (of(.neverReady) + of(.crashLoop)).compactMap { result in
            guard result.end == .promoted else { return nil }
            return Flaw(
                code: .deadCandidate, place: result.place,
                sentence: "a candidate whose pods do not come up is promoted", plays: [result.trial]
            )
        }
    }
}
