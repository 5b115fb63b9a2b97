internal import CanaryEngine
internal import FlowFiles
internal import Foresight
internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Voyage
internal import YAML

/// A plan in lines that people read.
struct PlanLines: Sendable {
    let plan: DeliveryPlan
    let tests: [TestsNow.Finding]
    let waits: WaitLines
    let hasColours: Bool

    private var charter: RunCharter { plan.charter }
    private var steps: RunPlan { charter.flow.plan }

    var all: [String] { head + chapters + foot + ["nothing was changed"] }

    // MARK: What it is about

    private var head: [String] {
        var lines = ["plan of \(charter.target)"]
        if let stable = charter.stable {
            let pods = plan.readyPods == 1 ? "1 pod is ready" : "\(plan.readyPods) pods are ready"
            lines.append("stable      \(stable.deployment) (\(stable.label)), \(pods)")
        } else {
            lines.append("stable      nothing: a first release")
        }
        if plan.day.countedPods != plan.readyPods, charter.stable != nil {
            lines.append(
                "warning     sizes are planned with \(plan.day.countedPods) ready pods of stable, which"
                    + " is what its Deployment asks for")
        }
        lines.append("candidate   \(charter.candidate.deployment) (\(charter.candidate.label))")
        return lines + charter.warnings.map { "warning     \($0)" }
    }

    // MARK: Step by step

    private var chapters: [String] {
        var lines: [String] = []
        for (index, step) in steps.steps.enumerated() {
            lines += ["", "\(index + 1). \(step.name)"]
            lines += changes(plan.writes(in: .step(index)))
            lines += waits.waits(in: index).map { wait in
                painted("   \(WaitLines.line(wait))", wait.isTooLong ? .bad : .plain)
            }
        }
        lines += ["", "then: promoted, and from here only forward"]
        return lines + changes(plan.writes(in: .closing)) + files
    }

    private func changes(_ writes: [PlannedWrite]) -> [String] {
        writes.isEmpty ? ["   writes nothing"] : writes.flatMap(change)
    }

    private func change(_ write: PlannedWrite) -> [String] {
        let line = "   \(write.verb.rawValue) \(Blanks.reference(of: write))"
        // Nobody needs to read all of what goes.
        guard write.verb != .delete else { return [painted(line, .bad)] }
        let diff = UnifiedDiff.lines(Self.text(write.before), Self.text(write.after))
        guard !diff.isEmpty else { return ["\(line): our marks alone"] }
        return [line]
            + diff.map { line in
                switch line.first {
                case "+": painted("     \(line)", .good)
                case "-": painted("     \(line)", .bad)
                default: "     \(line)"
                }
            }
    }

    /// Without our marks and what is the API server's own.
    private static func text(_ object: KubernetesObject?) -> String {
        guard let object else { return "" }
        return YAMLWriter.text(of: Blanks.shown(object).tree)
    }

    private func painted(_ line: String, _ tint: Tint) -> String {
        hasColours ? tint.paint(line) : line
    }

    private var files: [String] { plan.day.files.map { "   file \($0.path)" } }

    // MARK: What it takes

    private var foot: [String] {
        let objects = Set(plan.day.writes.map(\.reference)).count
        let writes = "\(plan.day.writes.count) writes to \(objects) objects"
        return [
            "",
            "writes      \(writes), beside them \(plan.day.bookkeeping) of the lease and the journal",
            "API calls   about \(plan.day.calls) on a good day",
            "ends        at the earliest after \(Self.text(plan.earliest)): nothing fails, tests take no"
                + " time, people answer at once",
            "            at the latest after \(Self.text(plan.latest)): every wait takes all that it may",
            "way home    at most \(Self.text(plan.wayHome)), from the last step",
        ] + rights + answers
    }

    private var rights: [String] {
        let unsaid = plan.rights.filter { $0.isGranted == nil }
        var lines = [
            unsaid.isEmpty
                ? "permissions \(plan.rights.count), all granted"
                : "permissions \(plan.rights.count), of \(unsaid.count) the API server says nothing"
        ]
        lines += Rules(plan.rights.map(\.right)).all.map { "            \($0)" }
        return lines
    }

    private var answers: [String] {
        let gates = Set(steps.steps.flatMap(\.judged)).count
        let sources =
            gates == 0
            ? "no step asks a gate" : "all answer, asked as deploy asks them at its start"
        return ["sources     \(sources)"]
            + (gates == 0 ? [] : ["load        \(waits.loadLine)"])
            + tests.enumerated().map { index, finding in
                let line =
                    (index == 0 ? "tests       " : "            ")
                    + "\(finding.subject): \(finding.sentence)"
                return painted(line, finding.isThere == false ? .bad : .plain)
            }
    }

    /// As `2h 3m 4s`.
    static func text(_ duration: Duration) -> String {
        let seconds = Int(duration.components.seconds)
        let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
        let shown = parts.drop { $0.0 == 0 }.map { "\($0.0)\($0.1)" }
        return shown.isEmpty ? "0s" : shown.joined(separator: " ")
    }
}

extension Step {
    /// The gates that it asks.
    fileprivate var judged: [String] {
        switch self {
        case .bake(let bake): bake.gates + bake.watched
        case .gate(let name): [name]
        default: []
        }
    }
}
