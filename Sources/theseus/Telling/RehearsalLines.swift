internal import CanaryEngine
internal import FlowFiles
internal import JSONTree
internal import Rehearsal
internal import WorstDay

/// A rehearsal in lines that people read.
struct RehearsalLines: Sendable {
    let report: RehearsalReport
    /// Who says how many users there are.
    let users: String
    let took: Duration
    /// The command that shows one play, without its id.
    let replay: String
    let hasColours: Bool

    var names: StepNames { StepNames(report.flow.plan) }

    var all: [String] { head + [""] + matrix + broken + flaws + outlook + foot }

    var head: [String] {
        let world =
            switch report.origin {
            case .cluster(let server): "as \(server) stands now"
            case .manifests: "from its files alone"
            }
        let target = report.flow.target
        let sample =
            report.isWhole ? "all that there are" : "a sample; --all plays all that there are"
        var lines = [
            "rehearsal of flow \(report.flow.name), \(target.namespace)/\(target.service), \(world)",
            "\(report.results.count) deliveries in \(Self.tenths(took)) s, seed \(report.seed): \(sample)",
            "users send \(Self.number(report.load)) requests a second, \(users)",
        ]
        if !report.scripted.isEmpty {
            lines.append(
                "not asked, but said to pass or fail: \(report.scripted.joined(separator: ", "))")
        }
        return lines
    }

    // MARK: The matrix

    static let columns = [
        "what goes wrong", "where", "plays", "ends", "exit", "users home", "over in",
    ]

    func cells(of row: Matrix.Row) -> [String] {
        [
            row.what.rawValue, names.names(of: row.places, among: row.tried), "\(row.plays)",
            Self.word(row.end), row.exit.map { "\($0)" } ?? "-", Self.span(row.home),
            Self.span(row.over),
        ]
    }

    private var matrix: [String] {
        let cells = [Self.columns] + report.matrix.rows.map(cells)
        let widths = cells[0].indices.map { column in
            min(column == 1 ? 44 : 40, cells.map { $0[column].count }.max() ?? 0)
        }
        return cells.enumerated().flatMap { index, row -> [String] in
            let wrapped = Self.wrapped(row[1], widths[1])
            return wrapped.enumerated().map { line, part in
                var shown = line == 0 ? row : row.map { _ in "" }
                shown[1] = part
                let text = zip(shown, widths).map { Self.padded($0, $1) }.joined(separator: "  ")
                let trimmed = String(text.reversed().drop { $0 == " " }.reversed())
                return index == 0 ? trimmed : painted(trimmed, of: report.matrix.rows[index - 1])
            }
        }
    }

    private func painted(_ line: String, of row: Matrix.Row) -> String {
        guard hasColours else { return line }
        return switch row.end {
        case .promoted, .rolledBack, .refused: line
        case .personNeeded: Tint.warning.paint(line)
        case nil: Tint.bad.paint(line)
        }
    }

    static func word(_ end: Scenario.End?) -> String {
        switch end {
        case .promoted: "promoted"
        case .rolledBack: "rolled back"
        case .personNeeded: "person needed"
        case .refused: "refused"
        case nil: "does not end"
        }
    }

    /// Median and worst.
    static func span(_ durations: [Duration]) -> String {
        guard let median = durations.median, let worst = durations.max() else { return "-" }
        let (one, other) = (text(median), text(worst))
        return one == other ? one : "\(one), \(other)"
    }

    static func text(_ duration: Duration) -> String {
        duration < .seconds(10) ? "\(tenths(duration))s" : PlanLines.text(duration)
    }

    static func tenths(_ duration: Duration) -> String {
        let tenths = Int((duration / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Broken behind commas.
    private static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines = [""]
        for part in text.split(separator: ", ", omittingEmptySubsequences: false) {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(part)
            } else if last.count + part.count + 2 <= width - 1 {
                lines[lines.count - 1] += ", \(part)"
            } else {
                lines[lines.count - 1] += ","
                lines.append(String(part))
            }
        }
        return lines
    }

    // MARK: What is wrong

    private var broken: [String] {
        let results = report.broken
        guard !results.isEmpty else { return ["", "invariants: all held in every play"] }
        var lines = ["", "invariants that did not hold: in \(results.count) plays"]
        for result in results.prefix(Self.most) {
            for sentence in result.broken.prefix(2) {
                lines.append(
                    "  \(result.what.rawValue) at \(names.name(of: result.place)): \(sentence)")
            }
            lines.append("    \(replay) --play \(result.trial)")
        }
        return lines
    }

    /// So many of a kind are shown; the JSON has all.
    private static let most = 8

    private var flaws: [String] {
        guard !report.flaws.isEmpty else { return ["", "flaws of the flow: none found"] }
        var lines = ["", "flaws of the flow: \(report.flaws.count)"]
        for flaw in report.flaws.prefix(Self.most) {
            let line = "  \(names.name(of: flaw.place)): \(flaw.sentence)"
            lines.append(hasColours ? Tint.bad.paint(line) : line)
            lines.append("    \(replay) --play \(flaw.plays.first ?? "")")
        }
        return lines
    }

    private var foot: [String] {
        ["", report.isSound ? "sound: nothing was changed" : "not sound; nothing was changed"]
    }

    /// One play, after its facts.
    static func lines(of result: TrialResult, in flow: Flow) -> [String] {
        let names = StepNames(flow.plan)
        let place = "\(result.what.rawValue) at \(names.name(of: result.place))"
        var lines = [
            "\(place)\(result.detail.isEmpty ? "" : " (\(result.detail))"): \(word(result.end))"
                + (result.why.isEmpty ? "" : ": \(result.why)")
        ]
        lines += result.broken.map { "  \($0)" }
        return lines
    }
}
