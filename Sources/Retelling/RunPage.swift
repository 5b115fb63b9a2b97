internal import CanaryEngine
internal import Voyage

/// A run as one file: to be read in a mail, or kept beside a build.
package struct RunPage: Sendable {
    private let account: RunAccount

    package init(_ account: RunAccount) { self.account = account }

    package var text: String {
        let parts = [
            PageFrame.paragraphs(account.head), end, warnings, steps, wayHome, gates, tests,
        ]
        return PageFrame(
            title: account.title, body: parts.filter { !$0.isEmpty }.joined(separator: "\n")
        ).text
    }

    private var end: String {
        let tint =
            switch account.end {
            case .promoted: "good"
            case .rolledBack: "bad"
            case .personNeeded, .open: "odd"
            }
        let next = account.next.isEmpty ? "" : "\n<p>\(Markup.text("Next: \(account.next)."))</p>"
        return "<p class=\"\(tint)\"><b>\(Markup.text(account.sentence)).</b></p>\(next)"
    }

    private var warnings: String {
        guard !account.charter.warnings.isEmpty else { return "" }
        let items = account.charter.warnings.map { "<li>\(Markup.text($0))</li>\n" }
        return "<h2>Warnings</h2>\n<ul>\n\(items.joined())</ul>"
    }

    // MARK: Steps

    private var steps: String {
        table(
            "Steps", ["", "Step", "Began (UTC)", "Took", "Weight", "What happened"],
            account.steps.map(row))
    }

    private var wayHome: String {
        guard let home = account.wayHome else { return "" }
        return table(
            "The way home", ["", "", "Began (UTC)", "Took", "Weight", "What happened"], [row(home)])
    }

    private func row(_ step: StepAccount) -> String {
        let number = step.number == 0 ? "" : "\(step.number)"
        guard let began = step.began else {
            return "<tr class=\"dim\">"
                + PageFrame.cells([number, step.name, "", "", "", "not reached"], "td") + "</tr>"
        }
        let (tint, verdict) =
            switch step.outcome {
            case .passed, .notReached: ("", "")
            case .turned(let why): (" class=\"bad\"", "turned round: \(why.reason)")
            case .stands(let why): (" class=\"odd\"", why)
            }
        let words = [
            number, step.name, PageWords.clock(began), step.took.map(PageWords.span) ?? "",
            "\(step.weight.percent)%",
        ]
        let lines = step.entries.map { entry in
            "\(PageWords.clock(entry.date)) \(Markup.text(entry.words))"
                + (entry.details.isEmpty
                    ? "" : "<pre>\(Markup.text(entry.details.joined(separator: "\n")))</pre>")
        }
        let told = (verdict.isEmpty ? [] : ["<b>\(Markup.text(verdict))</b>"]) + lines
        return
            "<tr\(tint)>\(PageFrame.cells(words, "td"))<td>\(told.joined(separator: "<br>"))</td></tr>"
    }

    private func table(_ title: String, _ heads: [String], _ rows: [String]) -> String {
        guard !rows.isEmpty else { return "" }
        return """
            <h2>\(Markup.text(title))</h2>
            <table>
            <tr>\(PageFrame.cells(heads, "th"))</tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    // MARK: Numbers

    /// The last verdict of each gate in each step, with the requests that it rests on.
    private var gates: String {
        let rows = account.steps.flatMap { step in
            step.gates.map { gate in
                let ruling =
                    switch gate.verdict.ruling {
                    case .pass: "passes"
                    case .fail: "FAILS"
                    case .notEnough: "undecided"
                    }
                let isBad = gate.verdict.ruling == .fail && !gate.isWatched
                return "<tr\(isBad ? " class=\"bad\"" : "")>"
                    + PageFrame.cells(
                        [
                            step.title, gate.isWatched ? "\(gate.name) (watched)" : gate.name,
                            ruling, "\(gate.looks)", requests(gate), gate.verdict.sentence,
                        ], "td") + "</tr>"
            }
        }
        return table(
            "Gates", ["Step", "Gate", "Verdict", "Looks", "Users' requests", "Why"], rows)
    }

    /// `v2 812, v1 801`: users' requests in the verdict's window, where it counted them.
    private func requests(_ gate: GateAccount) -> String {
        func number(_ name: String) -> String? {
            gate.verdict.measures.first { $0.name == "\(gate.name).\(name)" }
                .map { NumberText.short($0.value) }
        }
        let stable = account.charter.stable?.label ?? ""
        return [
            number("samples").map { "\(account.charter.candidate.label) \($0)" },
            number("stableSamples").map { "\(stable) \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
    }

    /// The last run of each test in each step.
    private var tests: String {
        let rows = account.steps.flatMap { step in
            step.tests.map { test in
                let last = test.last
                func number(_ name: String) -> String {
                    let value = last.measures.first { $0.name == name }
                    let stable = last.measures.first { $0.name == "stable \(name)" }
                    return value.map { NumberText.short($0.value) + beside(stable) } ?? ""
                }
                return "<tr\(last.passed ? "" : " class=\"bad\"")>"
                    + PageFrame.cells(
                        [
                            step.title, test.name, last.passed ? "passed" : "FAILED",
                            "\(test.reports.count)", PageWords.span(last.duration.inMilliseconds),
                            number("p50"), number("p99"), traffic(last.traffic), last.sentence,
                        ], "td") + "</tr>"
            }
        }
        return table(
            "Tests",
            ["Step", "Test", "Result", "Runs", "Took", "p50", "p99", "Its requests", "Why"], rows)
    }

    private func beside(_ stable: Measure?) -> String {
        stable.map { " (stable \(NumberText.short($0.value)))" } ?? ""
    }

    /// `v2 20 (1 failed), v1 20`.
    private func traffic(_ traffic: OwnTraffic) -> String {
        guard
            case .counted(let candidate, let candidateErrors, let stable, let stableErrors) =
                traffic
        else { return "" }
        func told(_ label: String?, _ count: Int, _ errors: Int) -> String? {
            guard let label, count > 0 else { return nil }
            return "\(label) \(count)" + (errors > 0 ? " (\(errors) failed)" : "")
        }
        return [
            told(account.charter.candidate.label, candidate, candidateErrors),
            told(account.charter.stable?.label, stable, stableErrors),
        ].compactMap { $0 }.joined(separator: ", ")
    }
}
