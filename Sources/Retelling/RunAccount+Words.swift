internal import CanaryEngine
internal import FlowFiles
internal import JSONTree
internal import Manifests
internal import Timekeeping
internal import Voyage

extension RunAccount {
    var isRemoval: Bool { charter.removal != nil }

    var target: String { "\(charter.flow.target.namespace)/\(charter.flow.target.service)" }

    var title: String {
        let candidate = charter.candidate.label
        return isRemoval ? "Removal of \(target) \(candidate)" : "Release of \(target) \(candidate)"
    }

    /// What goes where, and who began it.
    var head: [String] {
        let candidate = "\(charter.candidate.deployment) (\(charter.candidate.label))"
        let stable = charter.stable.map { "\($0.deployment) (\($0.label))" }
        let way =
            isRemoval
            ? "\(candidate) goes; \(stable.map { "\($0) stays" } ?? "no other version is there")"
            : "\(stable ?? "nothing") -> \(candidate)"
        let took = PageWords.span(ended - began)
        return [
            "\(way), in \(target) of \(charter.cluster)", images.joined(separator: ", "),
            "Run \(charter.run) of flow \(charter.flow.name), begun by \(actor)",
            "\(PageWords.date(began)) to \(PageWords.date(ended)) UTC: \(took)",
        ].filter { !$0.isEmpty }
    }

    /// `app registry.example.com/reviews:2.1`, for each container.
    private var images: [String] {
        charter.flow.target.manifest.filter { $0.kind == "Deployment" }.flatMap { object in
            (object.spec.at("template", "spec", "containers")?.items ?? []).compactMap { one in
                one["image"]?.text.map { "\(one["name"]?.text ?? "") \($0)" }
            }
        }
    }

    /// The end, in one sentence.
    var sentence: String {
        switch end {
        case .promoted:
            isRemoval
                ? "Removed: \(charter.candidate.deployment) is gone"
                : "Promoted: users have \(charter.candidate.label)"
        case .rolledBack(let why): "Rolled back: \(why.reason)"
        case .personNeeded(let why):
            "A person is needed: \(why.reason); the candidate's weight is \(weight.percent)%"
        case .open:
            "Not over: it stands at \(standing), and the candidate's weight is \(weight.percent)%"
        }
    }

    private var standing: String {
        let step = stretches.last { if case .stands = $0.outcome { true } else { false } }
        return step?.title ?? "its end"
    }

    /// What to do now; empty: nothing.
    var next: String {
        let run = charter.run
        switch end {
        case .promoted:
            guard !isRemoval, !plan.isFirstRelease, plan.steps.last == .retire else { return "" }
            return "`theseus undo \(charter.flow.target.service)` brings the old version back"
        case .rolledBack(let why):
            let state =
                isRemoval || charter.stable == nil
                ? "all is as before" : "users are on stable, and all is as before"
            switch why.kind {
            case .aborted, .rejected: return "\(state); deploy again when it is time"
            case .testFailed, .gateFailed, .notEnoughEvidence, .deadline, .foreignEdit, .denied,
                .candidateBroken, .unreachable, .cutOff, .stableUnfit, .fault:
                return
                    "\(state); mend that, then deploy again (`theseus show \(run)` has every fact)"
            }
        case .personNeeded: return "mend that, then `theseus resume \(run)`"
        case .open:
            return "`theseus resume \(run)` goes on where nobody drives it,"
                + " `theseus abort \(run)` brings traffic home"
        }
    }
}

extension StepAccount {
    /// `4 weight 50`.
    var title: String { number == 0 ? name : "\(number) \(name)" }
}

/// Dates and spans as people read them.
enum PageWords {
    /// `2026-01-05 12:00:00`, in UTC; `date`: milliseconds since 1970.
    static func date(_ date: Int) -> String {
        String(CivilTime(date).text().prefix(19)).replacing("T", with: " ")
    }

    static func clock(_ date: Int) -> String { CivilTime(date).clock }

    /// `350ms`, `12s`, `1h4m30s`: from a second on, whole seconds.
    static func span(_ milliseconds: Int) -> String {
        let rounded =
            milliseconds < 1000 ? milliseconds : (milliseconds + 500) / 1000 * 1000
        return DurationText.text(.milliseconds(rounded))
    }
}
