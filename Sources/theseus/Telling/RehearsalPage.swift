internal import CanaryEngine
internal import FlowFiles
internal import GateTrials
internal import Rehearsal
internal import WorstDay

/// A rehearsal as one file for a browser: nothing of it is fetched from anywhere, and no script runs.
struct RehearsalPage: Sendable {
    let lines: RehearsalLines

    private var report: RehearsalReport { lines.report }
    private var names: StepNames { lines.names }

    var text: String {
        let title = "Rehearsal of \(report.flow.name)"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escaped(title))</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <h1>\(Self.escaped(title))</h1>
            \(lines.head.map { "<p>\(Self.escaped($0))</p>" }.joined(separator: "\n"))
            <p class="\(report.isSound ? "good" : "bad")">\
            \(report.isSound ? "Sound." : "Not sound.")</p>
            \(flaws)
            \(broken)
            \(matrix)
            \(outlook)
            </body>
            </html>

            """
    }

    private static let style = """
        :root { color-scheme: light dark }
        body { font: 15px/1.45 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em }
        table { border-collapse: collapse; margin: 1em 0; font-size: 14px }
        th, td { text-align: left; padding: .25em .8em; border-bottom: 1px solid #8884; \
        vertical-align: top }
        code { font-size: 13px } .good { color: #2a8a3e } .bad { color: #c62828 } \
        .odd { color: #b26a00 }
        svg { max-width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; \
        fill: currentColor }
        """

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }

    // MARK: What is wrong

    private var flaws: String {
        guard !report.flaws.isEmpty else { return "<h2>Flaws</h2>\n<p>None was found.</p>" }
        return "<h2>Flaws</h2>\n<ul>\n"
            + report.flaws.map { flaw in
                "<li><b>\(Self.escaped(names.name(of: flaw.place)))</b>:"
                    + " \(Self.escaped(flaw.sentence))<br><code>"
                    + Self.escaped("\(lines.replay) --play \(flaw.plays.first ?? "")")
                    + "</code></li>\n"
            }.joined() + "</ul>"
    }

    private var broken: String {
        guard !report.broken.isEmpty else {
            return "<h2>Invariants</h2>\n<p>All held in every play.</p>"
        }
        return "<h2>Invariants that did not hold</h2>\n<ul>\n"
            + report.broken.map { result in
                "<li>\(Self.escaped(result.what.rawValue)) at"
                    + " \(Self.escaped(names.name(of: result.place))):"
                    + " \(Self.escaped(result.broken.joined(separator: "; ")))<br><code>"
                    + Self.escaped("\(lines.replay) --play \(result.trial)") + "</code></li>\n"
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
            return "<tr\(tint)>" + Self.cells(lines.cells(of: row), "td") + "</tr>"
        }
        return """
            <h2>What goes wrong, where, and how it ends</h2>
            <table>
            <tr>\(Self.cells(RehearsalLines.columns, "th"))</tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    private static func cells(_ texts: [String], _ tag: String) -> String {
        texts.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined()
    }

    private var outlook: String {
        guard let outlook = report.outlook else { return "" }
        let rows = lines.radiusRows(outlook.radius)
        let table = rows.enumerated().map { index, row in
            "<tr>\(Self.cells(row, index == 0 ? "th" : "td"))</tr>"
        }
        return """
            <h2>Blast radius</h2>
            <p>\(Self.escaped(lines.radiusHead(outlook)))</p>
            \(RadiusChart(radius: outlook.radius).svg)
            <table>
            \(table.joined(separator: "\n"))
            </table>
            <p>\(Self.escaped(lines.goodLine(outlook.radius)))</p>
            \(lines.slowness.map { "<p>\(Self.escaped($0))</p>" }.joined(separator: "\n"))
            <h2>Advice</h2>
            \(lines.advice(outlook).map { "<p>\(Self.escaped($0))</p>" }.joined(separator: "\n"))
            """
    }
}
