internal import FlowFiles
internal import JSONTree
internal import MetricsGate
internal import Voyage

/// What came of a gate that was played on stable's own past.
enum CalibrationLines {
    static func line(_ trial: Hindsight.Trial) -> String {
        let name = trial.gate.name
        guard let outcome = trial.outcome else {
            return "\(name): cannot be played: it judges distributions, or asks another source"
        }
        guard outcome.windows > 0 else { return "\(name): stable's history is too short" }
        var line =
            "\(name): rolls back stable in \(percent(outcome.failed, outcome.windows)) of"
            + " \(outcome.windows) windows of \(trial.window.components.seconds)s at a share of"
            + " \(percent(Int(trial.share * 1000), 1000))"
        if outcome.undecided > 0 {
            line += ", \(percent(outcome.undecided, outcome.windows)) stay without evidence"
        }
        if outcome.mistakes > Hindsight.tolerable {
            line +=
                trial.better.map {
                    "; with \($0.setting) in \(percent($0.outcome.failed, $0.outcome.windows))"
                } ?? "; no milder setting that was tried brings it to 5%"
        }
        return line
    }

    static func tree(_ trial: Hindsight.Trial) -> JSONTree {
        var tree: JSONTree = [
            "gate": .string(trial.gate.name), "share": .number(trial.share),
            "window": .integer(Int(trial.window.components.seconds)),
        ]
        guard let outcome = trial.outcome else { return tree }
        tree["windows"] = .integer(outcome.windows)
        tree["failed"] = .integer(outcome.failed)
        tree["undecided"] = .integer(outcome.undecided)
        if let better = trial.better {
            tree["setting"] = .string(better.setting)
            tree["failedThen"] = .integer(better.outcome.failed)
        }
        return tree
    }

    private static func percent(_ part: Int, _ whole: Int) -> String {
        let tenths = whole > 0 ? (part * 1000 + whole / 2) / whole : 0
        return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
    }
}

/// `7d`, `12h`.
enum CalibrationLength {
    static func duration(_ text: String) -> Duration? {
        if text.hasSuffix("d"), let days = Int(text.dropLast()), (1...60).contains(days) {
            return .seconds(days * 86_400)
        }
        return DurationText.duration(text)
    }
}
