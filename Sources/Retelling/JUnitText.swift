internal import CanaryEngine
internal import FlowFiles
internal import Voyage

/// A run as JUnit's XML, as the CI servers' readers have it: one suite, a case for each step.
///
/// In a step stand its tests, what those say of their own cases, and its gates, each once. Of the steps
/// exactly one has failed where the run went home; what failed inside it is no second failure, but the
/// cases of a test's own, each of which is somebody's test.
package struct JUnitText: Sendable {
    private let account: RunAccount

    package init(_ account: RunAccount) { self.account = account }

    package var text: String {
        let rows = rows
        func count(_ isMeant: (Row.Outcome) -> Bool) -> String {
            "\(rows.count { isMeant($0.outcome) })"
        }
        let counts = [
            ("tests", "\(rows.count)"),
            ("failures", count { if case .failure = $0 { true } else { false } }),
            ("errors", count { if case .error = $0 { true } else { false } }),
            ("skipped", count { if case .skipped = $0 { true } else { false } }),
        ]
        // A dateTime of the format has no zone: it is UTC.
        let began = PageWords.date(account.began).replacing(" ", with: "T")
        let suite =
            [("name", account.charter.run), ("timestamp", began)]
            + [("time", Self.seconds(account.ended - account.began))] + counts
        let properties = properties.map { name, value in
            "    <property\(Self.attributes([("name", name), ("value", value)]))/>\n"
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites\(Self.attributes(counts))>
            <testsuite\(Self.attributes(suite))>
              <properties>
            \(properties.joined())  </properties>
            \(rows.map(\.text).joined())</testsuite>
            </testsuites>

            """
    }

    private var properties: [(String, String)] {
        let charter = account.charter
        let stable = charter.stable.map { [("stable", $0.label)] } ?? []
        return [
            ("run", charter.run), ("cluster", charter.cluster), ("target", account.target),
            ("flow", charter.flow.name),
        ] + stable + [
            ("candidate", charter.candidate.label), ("actor", account.actor),
            ("end", account.sentence),
        ]
    }

    // MARK: Cases

    /// A bake may run a test a thousand times.
    private static let mostRuns = 10

    private var rows: [Row] {
        account.stretches.flatMap { rows(of: $0) }
    }

    private func rows(of step: StepAccount) -> [Row] {
        var place = "\(step.number)"
        if place.count == 1 { place = "0\(place)" }
        // Readers take what stands before the last point for the name of a package.
        let name = step.name.replacing(".", with: "_")
        let group =
            account.charter.flow.name + "." + (step.number == 0 ? name : "\(place) \(name)")
        var row = Row(group: group, name: step.name, outcome: outcome(of: step))
        row.took = step.took
        row.output = step.entries.flatMap { entry in
            ["\(PageWords.clock(entry.date)) \(entry.words)"] + entry.details.map { "  \($0)" }
        }
        let tests = step.tests.flatMap { test in rows(of: test, in: step, group) }
        return [row] + tests + step.gates.compactMap { self.row(of: $0, in: step, group) }
    }

    private func outcome(of step: StepAccount) -> Row.Outcome {
        let stretch = "run \(account.charter.run), \(step.title)"
        switch step.outcome {
        case .passed: return .passed
        case .notReached: return .skipped("not reached")
        case .turned(let why):
            return .failure(
                why.reason,
                type: why.kind.word,
                """
                \(why.reason)
                  where: \(stretch); the candidate's weight was \(turningWeight.percent)%
                  do:    \(account.next)
                """)
        case .stands(let why):
            return .error(
                why,
                """
                \(why)
                  where: \(stretch); the candidate's weight is \(account.weight.percent)%
                  do:    \(account.next)
                """)
        }
    }

    /// The candidate's share when the run turned.
    private var turningWeight: TrafficWeight {
        let step = account.steps.last { if case .turned = $0.outcome { true } else { false } }
        return step?.weight ?? .none
    }

    /// A step's only test is the step itself; its cases stand below it all the same.
    private func rows(of test: TestAccount, in step: StepAccount, _ group: String) -> [Row] {
        let last = test.last
        var rows: [Row] = []
        if step.name != "test \(test.name)" {
            var row = Row(
                group: group, name: "test \(test.name)",
                outcome: last.passed || step.outcome == .passed
                    ? .passed : .skipped(Self.onceFailed(last.sentence)))
            row.took = test.reports.reduce(0) { $0 + $1.duration.inMilliseconds }
            let before = test.reports.count - Self.mostRuns
            row.output = before > 0 ? ["\(before) runs before these"] : []
            row.output += test.reports.suffix(Self.mostRuns).map {
                "\($0.passed ? "passed" : "FAILED"): \($0.sentence)"
            }
            rows.append(row)
        }
        let isForgiven = !last.passed && step.outcome == .passed
        rows += (last.cases?.told ?? []).map { one in
            let outcome: Row.Outcome =
                switch one.outcome {
                case .passed: .passed
                case .skipped: .skipped(one.detail)
                case .failed where isForgiven:
                    .skipped("failed, and was tried again: \(one.detail)")
                case .failed: .failure(one.detail, type: "caseFailed", one.detail)
                }
            return Row(group: group, name: "\(test.name): \(one.name)", outcome: outcome)
        }
        return rows
    }

    /// Of what is counted at its step already.
    private static func onceFailed(_ sentence: String) -> String {
        "fails, and is counted at its step: \(sentence)"
    }

    /// nil: the step itself is that one judgement.
    private func row(of gate: GateAccount, in step: StepAccount, _ group: String) -> Row? {
        guard step.name != "gate \(gate.name)" else { return nil }
        let sentence = gate.verdict.sentence
        let outcome: Row.Outcome =
            switch gate.verdict.ruling {
            case .pass: .passed
            case .notEnough: .skipped("not decided: \(sentence)")
            case .fail where gate.isWatched: .skipped("watched only, fails: \(sentence)")
            // People may go on past a gate.
            case .fail where step.outcome == .passed: .skipped("passed over, fails: \(sentence)")
            case .fail: .skipped(Self.onceFailed(sentence))
            }
        var row = Row(group: group, name: "gate \(gate.name)", outcome: outcome)
        // Elsewhere the sentence stands in the outcome.
        if gate.verdict.ruling == .pass { row.output = [sentence] }
        return row
    }

    // MARK: XML

    /// One `testcase`.
    private struct Row {
        enum Outcome {
            case passed
            case failure(String, type: String, String)
            case error(String, String)
            case skipped(String)
        }

        var group: String
        var name: String
        var outcome: Outcome
        /// In milliseconds; nil: nobody measured it.
        var took: Int?
        var output: [String] = []

        var text: String {
            var inner: String
            switch outcome {
            case .passed: inner = ""
            case .failure(let message, let type, let body):
                inner = Self.told("failure", [("message", message), ("type", type)], body)
            case .error(let message, let body):
                inner = Self.told("error", [("message", message)], body)
            case .skipped(let message):
                let why = message.isEmpty ? [] : [("message", message)]
                inner = "    <skipped\(JUnitText.attributes(why))/>\n"
            }
            if !output.isEmpty {
                inner += Self.told("system-out", [], output.joined(separator: "\n"))
            }
            var names = [("classname", group), ("name", name)]
            if let took { names.append(("time", JUnitText.seconds(took))) }
            let begin = "  <testcase\(JUnitText.attributes(names))"
            return inner.isEmpty ? "\(begin)/>\n" : "\(begin)>\n\(inner)  </testcase>\n"
        }

        private static func told(_ tag: String, _ names: [(String, String)], _ words: String)
            -> String
        {
            "    <\(tag)\(JUnitText.attributes(names))>\(Markup.text(words))</\(tag)>\n"
        }
    }

    private static func attributes(_ pairs: [(String, String)]) -> String {
        pairs.map { " \($0.0)=\"\(Markup.attribute($0.1))\"" }.joined()
    }

    /// `12.040`.
    private static func seconds(_ milliseconds: Int) -> String {
        let all = max(0, milliseconds)
        return "\(all / 1000)." + String(String(1000 + all % 1000).dropFirst())
    }
}

extension Duration {
    /// Whole ones.
    var inMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}

extension Setback.Kind {
    /// As readers sort failures by.
    var word: String {
        switch self {
        case .testFailed: "testFailed"
        case .gateFailed: "gateFailed"
        case .notEnoughEvidence: "notEnoughEvidence"
        case .deadline: "deadline"
        case .foreignEdit: "foreignEdit"
        case .denied: "denied"
        case .candidateBroken: "candidateBroken"
        case .unreachable: "unreachable"
        case .aborted: "aborted"
        case .rejected: "rejected"
        case .cutOff: "cutOff"
        case .stableUnfit: "stableUnfit"
        case .fault: "fault"
        }
    }
}
