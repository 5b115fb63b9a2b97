import CanaryEngine
import JSONTree

/// Reports of tests.
///
/// Cases and output came later: they are written only where there are any, so that an old payload
/// still means what it meant.
extension Parts {
    static func tree(_ report: TestReport) -> JSONTree {
        var tree: JSONTree = [
            "passed": .bool(report.passed), "sentence": .string(report.sentence),
            "measures": tree(report.measures), "traffic": tree(report.traffic),
            "duration": tree(report.duration),
        ]
        if let cases = report.cases { tree["cases"] = self.tree(cases) }
        if !report.output.isEmpty { tree["output"] = .string(report.output) }
        return tree
    }

    static func report(_ tree: JSONTree?) -> TestReport? {
        guard let passed = tree?["passed"]?.flag, let sentence = tree?["sentence"]?.text,
            let measures = measures(tree?["measures"]), let traffic = traffic(tree?["traffic"]),
            let duration = duration(tree?["duration"])
        else { return nil }
        var found: CaseList?
        if let part = tree?["cases"] {
            guard let cases = cases(part) else { return nil }
            found = cases
        }
        return TestReport(
            passed: passed, sentence: sentence, measures: measures, traffic: traffic,
            duration: duration, cases: found, output: tree?["output"]?.text ?? "")
    }

    private static func tree(_ cases: CaseList) -> JSONTree {
        [
            "passed": .integer(cases.passed), "failed": .integer(cases.failed),
            "skipped": .integer(cases.skipped),
            "told": .array(
                cases.told.map {
                    [.string($0.name), .string(word($0.outcome)), .string($0.detail)]
                }),
        ]
    }

    private static func cases(_ tree: JSONTree) -> CaseList? {
        guard let passed = tree["passed"]?.whole, let failed = tree["failed"]?.whole,
            let skipped = tree["skipped"]?.whole, let items = tree["told"]?.items
        else { return nil }
        var told: [CaseList.Case] = []
        for item in items {
            guard let parts = item.items?.compactMap(\.text), parts.count == 3,
                let outcome = [CaseList.Case.Outcome.passed, .failed, .skipped]
                    .first(where: { word($0) == parts[1] })
            else { return nil }
            told.append(CaseList.Case(parts[0], outcome, detail: parts[2]))
        }
        return CaseList(passed: passed, failed: failed, skipped: skipped, told: told)
    }

    private static func word(_ outcome: CaseList.Case.Outcome) -> String {
        switch outcome {
        case .passed: "passed"
        case .failed: "failed"
        case .skipped: "skipped"
        }
    }
}
