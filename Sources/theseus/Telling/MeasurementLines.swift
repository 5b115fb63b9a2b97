internal import CanaryEngine
internal import Chronicle
internal import JSONTree

/// Every number of a run: what gates and tests measured, in the order in which it was recorded.
struct MeasurementLines: Sendable {
    let run: String
    let plan: RunPlan

    private struct Row {
        var kind: String
        var name: String
        var ruling: String
        var sentence: String
        var measures: [Measure]
    }

    /// nil for a fact without numbers.
    private func row(_ fact: LoggedFact) -> Row? {
        switch fact.fact {
        case .judged(_, let gate, let verdict):
            Row(
                kind: "gate", name: gate, ruling: verdict.ruling.word, sentence: verdict.sentence,
                measures: verdict.measures)
        case .tested(let id, let report):
            Row(
                kind: "test", name: plan.call(of: id, in: fact.state)?.name ?? "",
                ruling: report.passed ? "pass" : "fail",
                sentence: report.sentence, measures: report.measures)
        case .planned, .held, .stepBegun, .promotionDecided, .started, .done, .backedUp,
            .recognised, .observed, .lowered, .failed, .deadlinePassed, .wished, .refused,
            .noticed:
            nil
        }
    }

    func json(_ fact: LoggedFact) -> String? {
        row(fact).map { row in
            JSONWriter.text(of: [
                "run": .string(run), "sequence": .integer(fact.sequence),
                "date": .integer(fact.date), "kind": .string(row.kind), "name": .string(row.name),
                "weight": .integer(fact.state.weight.percent), "ruling": .string(row.ruling),
                "sentence": .string(row.sentence), "measures": Self.tree(row.measures),
            ])
        }
    }

    static func tree(_ measures: [Measure]) -> JSONTree {
        .object(JSONObject(measures.map { ($0.name, JSONTree.number($0.value)) }))
    }

    /// `12  gate errors  pass  errors 0.004, errors.samples 1000`.
    func line(_ fact: LoggedFact) -> String? {
        row(fact).map { row in
            let numbers = row.measures.map { "\($0.name) \(NumberText.short($0.value))" }
            return "\(fact.sequence)  \(row.kind) \(row.name)  \(row.ruling)"
                + (numbers.isEmpty ? "" : "  \(numbers.joined(separator: ", "))")
        }
    }
}
