internal import CanaryEngine
internal import FlowFiles
internal import GateTrials
internal import Rehearsal
internal import Retelling
internal import WorstDay

/// A rehearsal as one file for a browser: nothing of it is fetched from anywhere, and no script runs.
struct RehearsalPage: Sendable {
    let lines: RehearsalLines

    private var report: RehearsalReport { lines.report }
    private var names: StepNames { lines.names }

    var text: String {
        PageFrame(
            title: "Rehearsal of \(report.flow.name)",
            body: """
                \(PageFrame.paragraphs(lines.head))
                <p class="\(report.isSound ? "good" : "bad")">\
                \(report.isSound ? "Sound." : "Not sound.")</p>
                \(flaws)
                \(broken)
                \(matrix)
                \(outlook)
                """
        ).text
    }

    // MARK: What is wrong

    private var flaws: String {
        guard !report.flaws.isEmpty else { return "<h2>Flaws</h2>\n<p>None was found.</p>" }
        return "<h2>Flaws</h2>\n<ul>\n"
            + report.flaws.map { flaw in
                "<li><b>\(Markup.text(names.name(of: flaw.place)))</b>:"
                    + " \(Markup.text(flaw.sentence))<br><code>"
                    + Markup.text("\(lines.replay) --play \(flaw.plays.first ?? "")")
                    + "</code></li>\n"
            }.joined() + "</ul>"
    }

    private var broken: String {
        guard !report.broken.isEmpty else {
            return "<h2>Invariants</h2>\n<p>All held in every play.</p>"
        }
        return "<h2>Invariants that did not hold</h2>\n<ul>\n"
            + report.broken.map { result in
                "<li>\(Markup.text(result.what.rawValue)) at"
                    + " \(Markup.text(names.name(of: result.place))):"
                    + " \(Markup.text(result.broken.joined(separator: "; ")))<br><code>"
                    + Markup.text("\(lines.replay) --play \(result.trial)") + "</code></li>\n"
            }.joined() + "</ul>"
    }

    // MARK: Tables

    private var matrix: String {
        let rows = report.matrix.rows.map { row -> String in
            let tint =
                switch row.end {
                case .promoted, .rolledBack, .refused: ""
                case .personNeeded: " class=\"odd\""
                case nil: " class=\"bad\""
                }
            return "<tr\(tint)>" + PageFrame.cells(lines.cells(of: row), "td") + "</tr>"
        }
        return """
            <h2>What goes wrong, where, and how it ends</h2>
            <table>
            <tr>\(PageFrame.cells(RehearsalLines.columns, "th"))</tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    private var outlook: String {
        guard let outlook = report.outlook else { return "" }
        let rows = lines.radiusRows(outlook.radius)
        let table = rows.enumerated().map { index, row in
            "<tr>\(PageFrame.cells(row, index == 0 ? "th" : "td"))</tr>"
        }
        return """
            <h2>Blast radius</h2>
            <p>\(Markup.text(lines.radiusHead(outlook)))</p>
            <p>\(Markup.text(lines.testsLine))</p>
            \(RadiusChart(radius: outlook.radius).svg)
            <table>
            \(table.joined(separator: "\n"))
            </table>
            <p>\(Markup.text(lines.goodLine(outlook.radius)))</p>
            \(PageFrame.paragraphs(lines.slowness))
            <h2>Advice</h2>
            \(PageFrame.paragraphs(lines.advice(outlook)))
            """
    }
}
