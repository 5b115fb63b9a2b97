internal import CanaryEngine
internal import Chronicle

/// The colour of a line, for people who look on.
enum Tint: Sendable {
    case plain
    case good
    case warning
    case bad

    init(of fact: LoggedFact) {
        switch (fact.fact, fact.state.course) {
        case (.failed, _), (.deadlinePassed, .returning): self = .bad
        case (.judged(_, _, let verdict), _): self = verdict.ruling == .fail ? .bad : .plain
        case (.tested(_, let report), _): self = report.passed ? .plain : .bad
        case (_, .promoted): self = .good
        case (_, .rolledBack), (.wished, _), (.refused, _): self = .warning
        case (_, .personNeeded): self = .bad
        default: self = .plain
        }
    }

    func paint(_ line: String) -> String {
        switch self {
        case .plain: line
        case .good: "\u{1B}[32m\(line)\u{1B}[0m"
        case .warning: "\u{1B}[33m\(line)\u{1B}[0m"
        case .bad: "\u{1B}[31m\(line)\u{1B}[0m"
        }
    }

    /// Colours only for a terminal, and for those who did not say otherwise.
    static func areWanted(_ request: CommandRequest) -> Bool {
        Terminal.isWatched && !request.has("--no-color") && !request.wantsJSON
            && Environment.value("NO_COLOR") == nil && Environment.value("TERM") != "dumb"
    }
}
