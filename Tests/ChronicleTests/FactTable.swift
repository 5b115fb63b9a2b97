import CanaryEngine

/// Every kind of fact, with every part that one can have.
enum FactTable {
    static let order = OrderID(course: .forward, step: 3, leg: 2, lane: .main, attempt: 1)

    static let facts: [Fact] =
        [
            .planned(digest: "ab12"),
            .held(Holding(epoch: 2, holder: "node-1/77", version: "0.1.0", absence: .seconds(90))),
            .stepBegun(order),
            .promotionDecided(order),
            .started(order),
            .done(order, note: "3 pods of demo-app-v2 are ready"),
            .backedUp(order, Backup(digest: "cd34", stableReady: 3)),
            .tested(
                order,
                TestReport(
                    passed: true, sentence: "20 of 20 requests passed",
                    measures: [Measure("p99", 12.5), Measure("errors", 0)],
                    traffic: .counted(
                        candidate: 20, candidateErrors: 1, stable: 2, stableErrors: 0),
                    duration: .microseconds(1_234_567))),
            .tested(order, TestReport(passed: false, sentence: "exit 1", traffic: .unknown)),
            .tested(order, TestReport(passed: false, sentence: "\"quoted\"\n\u{1F6A2}")),
            .tested(
                order,
                TestReport(
                    passed: false, sentence: "1 of 3 cases failed",
                    cases: CaseList(
                        passed: 1, failed: 1, skipped: 1,
                        told: [.init("pays", .failed, detail: "503"), .init("waits", .skipped)]),
                    output: "one\ntwo")),
            .judged(
                order, gate: "errors", Verdict(.pass, "fine", measures: [Measure("ratio", 0.01)])),
            .judged(order, gate: "errors", Verdict(.fail, "5% failed")),
            .judged(order, gate: "errors", Verdict(.notEnough, "12 samples of 50")),
            .observed(order, seen: true, note: "1.0% of 812 requests met the candidate"),
            .observed(order, seen: false, note: ""),
            .lowered(order, TrafficWeight(percent: 34) ?? .all),
            .recognised(
                order, Likeness([.init("template", ["ab12"])]), note: "3 pods are ready"),
            .deadlinePassed(order),
            .wished(Wish(.abort, by: "mia")),
            .refused(Wish(.promote, by: "tom", number: 4), why: "promotion is decided"),
            .noticed("somebody looked"),
        ] + setbacks.map { .failed(order, $0) }
        + Wish.Kind.allCases.map { .wished(Wish($0, by: "mia", number: 7)) }

    static let setbacks: [Setback] = [
        Setback(.testFailed, "a"), Setback(.gateFailed, "b"), Setback(.notEnoughEvidence, "c"),
        Setback(.deadline, "d"), Setback(.foreignEdit, "e"), Setback(.denied, "f"),
        Setback(.candidateBroken, "g"), Setback(.unreachable, "h"), Setback(.aborted, "i"),
        Setback(.rejected, "j"), Setback(.cutOff, "k"), Setback(.stableUnfit, "l"),
        Setback(.fault, "m"),
    ]
}
