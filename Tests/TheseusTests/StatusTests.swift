import JSONTree
import Testing

/// What `status`, `history`, `show` and `verify` say of runs in every state.
@Suite struct StatusTests {
    /// One row of `status --output json`, as it must be to the last key.
    private func row(
        _ state: String, step: String, weight: Int, reason: String = "", next: String = ""
    ) -> JSONTree {
        [
            [
                "run": "r1", "service": "demo-app", "namespace": "demo",
                "state": .string(state), "step": .string(step), "weight": .integer(weight),
                "reason": .string(reason), "next": .string(next),
            ]
        ]
    }

    private func status(_ lab: ServedLab, _ words: [String] = ["demo-app"]) async throws -> JSONTree
    {
        let ending = try await Program.run(
            lab.words(["status", "--output", "json"] + words), in: lab.folder.path)
        #expect(ending.code == 0)
        let rows = try JSONReader.tree(of: Array(ending.output.utf8)).items ?? []
        return .array(rows.map(withoutLife))
    }

    /// Checks what is said of the last sign of life, which no two looks find the same.
    private func withoutLife(_ row: JSONTree) -> JSONTree {
        let (heard, rest) = (row["lastHeardSeconds"]?.whole, row["orphanedInSeconds"]?.whole)
        switch row["state"] {
        case "running":
            #expect((heard ?? -1) >= 0 && (15...17).contains((heard ?? 0) + (rest ?? 0)), "\(row)")
        case "orphaned": #expect((heard ?? 0) > 15 && rest == nil, "\(row)")
        default: #expect(heard == nil && rest == nil, "\(row)")
        }
        var row = row
        row.set(nil, at: "lastHeardSeconds")
        row.set(nil, at: "orphanedInSeconds")
        return row
    }

    @Test func aRunFromItsBeginningToItsEnd() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = [
                "backup", "deploy: {deadline: 5m}", "route", "weight: 50",
                "approve: {timeout: 20h}",
                "weight: 100", "retire",
            ]
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            let asks = row(
                "running", step: "5/7 approve", weight: 50, reason: "waits for approval",
                next: "theseus approve r1")
            #expect(try await status(lab) == asks)
            #expect(try await status(lab, ["r1"]) == asks)
            #expect(try await status(lab, []) == asks)
            #expect(try await status(lab, ["other"]) == [])
            #expect(try await status(lab, ["--namespace", "shop"]) == [])
            let text = try await lab.run("status").output.split(separator: "\n")
            #expect(
                text.first == "r1  demo/demo-app  running  5/7 approve  50%  waits for approval")
            #expect(
                text.dropFirst().first?.wholeMatch(
                    of: #/  last heard [0-9]+s ago; orphaned in [0-9]+s/#) != nil, "\(text)")
            #expect(text.dropFirst(2) == ["  next: theseus approve r1"])

            let approve = try await lab.run("approve", "demo-app")
            #expect(approve.output == "run r1: approve\n", "\(approve)")
            #expect(await run.end().code == 0)
            let promoted = row("promoted", step: "", weight: 100)
            #expect(try await status(lab) == promoted)
            try await expectRecords(lab)
        }
    }

    private func expectRecords(_ lab: ServedLab) async throws {
        let show = try await lab.run("show", "r1")
        #expect(show.code == 0)
        #expect(show.output.hasPrefix("run r1 of \(lab.api) demo/demo-app\n"))
        #expect(show.output.contains("approve, says mia@"))
        let facts = try await lab.run("show", "r1", "--output", "json").output
            .split(separator: "\n").map { try JSONReader.tree(of: Array($0.utf8)) }
        #expect(facts.map { $0["sequence"]?.whole } == (1...facts.count).map { $0 })
        #expect(facts.allSatisfy { $0["run"] == "r1" && $0["fact"]?.members != nil })

        let history = try await lab.run("history")
        #expect(
            history.output == "r1  \(lab.api) demo/demo-app  promoted  \(facts.count) records\n")
        let told = try await lab.run("history", "--output", "json")
        let line = try JSONReader.tree(of: Array(told.output.utf8))
        #expect(line["end"] == "promoted")
        #expect(line["records"]?.whole == facts.count)

        let verify = try await lab.run("verify")
        #expect(verify.output == "r1  \(facts.count) records  clean\n")
        let clean = try await lab.run("verify", "r1", "--output", "json")
        #expect(
            clean.output == "[{\"run\":\"r1\",\"records\":\(facts.count),\"clean\":true}]\n")
        let late = try await lab.run("approve", "r1")
        #expect(late.code == 3)
        #expect(
            late.complaint == """
                run: approve is refused: the run is over
                  where: run r1
                  do:    see `theseus status demo-app`

                """)
    }

    @Test func interruptedAndOrphaned() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            flow.steps[4] = "pause: 20h"
            let run = try lab.start(
                "deploy", try flow.write(), "--run-id", "r1", "--on-interrupt", "stop")
            try await run.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            let step = "5/7 pause"
            #expect(
                try await status(lab)
                    == row("running", step: step, weight: 50, next: "theseus abort r1"))
            run.signal(15)
            #expect(await run.end().code == 6)
            let resumable = "theseus resume r1"
            #expect(
                try await status(lab)
                    == row("interrupted", step: step, weight: 50, next: resumable))
            let again = try lab.start("resume", "r1")
            try await again.line("held by")
            await again.stop()
            try await lab.isLater(by: 20)
            #expect(
                try await status(lab) == row("orphaned", step: step, weight: 50, next: resumable))

            // For cron: nobody is home for long enough.
            let early = try await lab.run("resume", "--all", "--stale", "50h")
            #expect(early.code == 0)
            #expect(early.output == "")
            let late = try await lab.run("resume", "--all", "--stale", "1s")
            #expect(late.code == 1, "\(late)")
            #expect(late.output.contains("abort, says stale rule (mia@"))
            let reason = try await status(lab).items?.first?["reason"]?.text ?? ""
            #expect(reason.hasPrefix("aborted by stale rule (mia@"))
            #expect(
                try await status(lab)
                    == row("rolled-back", step: "", weight: 0, reason: reason))
            let twice = try await lab.run("resume", "--all", "--stale", "1s")
            #expect(twice.code == 0)
        }
    }
}
