import Foundation
import JSONTree
import Testing

/// Where a run cannot go on by itself, it says so, with traffic on ready pods.
@Suite struct PersonNeededTests {
    /// Somebody holds on to the candidate: it cannot be removed.
    @Test func aPersonIsNeeded() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let called = lab.folder.file("called")
            flow.tests += """
                    pager: {shell: "echo $THESEUS_MOMENT $THESEUS_IDEMPOTENCY_KEY >> '\(called)'"}

                """
            flow.more = "  hooks: {personNeeded: [pager]}\n"
            flow.limits = "write: 2m"
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            try await lab.post(
                "/lab/api", ["deny": [["verb": "delete", "kind": "Deployment"]]])
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 4, "\(abort)")
            let ending = await run.end()
            #expect(ending.code == 4)
            #expect(ending.complaint.hasPrefix("run: a person is needed: "), "\(ending)")
            #expect(
                ending.complaint.hasSuffix(
                    """
                      where: run r1, on the way home; the candidate's weight is 0%
                      do:    mend that, then `theseus resume r1`

                    """), "\(ending)")
            #expect(try await lab.share() == 0)
            #expect(
                try String(contentsOfFile: called, encoding: .utf8)
                    == "personNeeded r1-s1.0/main#0\n")
            let told = try await lab.run("status", "--output", "json").output
            let now = try JSONReader.tree(of: Array(told.utf8)).items?.first
            #expect(now?["state"] == "person-needed")
            #expect(now?["next"] == "theseus resume r1")
            // Somebody edits what no process looks after: that is no clean end.
            try await lab.edit(ServedLab.virtualService) { Self.share(&$0, 50) }
            let edited = try await lab.run("verify")
            #expect(edited.code == 4, "\(edited)")
            #expect(
                edited.output.hasSuffix(
                    "; the routes give the candidate 50%, and the journal says 0%\n"), "\(edited)")
            let seen = try await lab.run("status").output
            #expect(seen.hasPrefix("r1  demo/demo-app  person-needed  50%  "), "\(seen)")
            #expect(seen.contains("; 0% by the journal\n"), "\(seen)")
            try await lab.post("/lab/api", ["deny": []])
            let again = try await lab.run("abort", "demo-app")
            #expect(again.code == 0, "\(again)")
            #expect(try await lab.share() == 0)
            #expect(try await lab.run("verify").code == 0)
        }
    }

    /// Half of the users on each version.
    private static func share(_ service: inout JSONTree, _ part: Int) {
        var http = service.at("spec", "http")?.items ?? []
        guard let place = http.firstIndex(where: { $0["name"] == "primary" }) else { return }
        http[place]["route"] = .array(
            [("v1", 100 - part), ("v2", part)].map { subset, weight in
                [
                    "destination": ["host": "demo-app", "subset": .string(subset)],
                    "weight": .integer(weight),
                ]
            })
        service.set(.array(http), at: "spec", "http")
    }

    /// Stable has lost its pods: whoever looks reads what is waited for, and in the end what was missing.
    ///
    /// Slowly: the last ten seconds before the deadline are for saying it, on a busy machine too.
    @Test func whatTheWayHomeWaitsForIsSaid() async throws {
        try await ServedLab.serving(speed: 5) { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            flow.limits = "home: 40s"
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            try await lab.post(
                "/lab/pods", ["deployment": "demo-app-v1", "behaviour": "never-ready"])
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 4, "\(abort)")
            let ending = await run.end()
            #expect(ending.code == 4)
            let lack = "stable demo-app-v1 has 0 of 3 ready pods"
            let rest = "the candidate keeps 50%, and the rest finds nobody"
            #expect(ending.output.contains("waits to go home: \(lack)"), "\(ending)")
            #expect(
                ending.complaint.hasPrefix(
                    "run: a person is needed: not all traffic came home in time: \(lack)"),
                "\(ending)")
            #expect(ending.complaint.contains("\(rest)\n"), "\(ending)")
            let now = try await row(lab)
            #expect(now?["state"] == "person-needed")
            #expect(now?["reason"]?.text?.contains(lack) == true)
            #expect(now?["weight"] == 50)
            try await lab.post("/lab/pods", ["deployment": "demo-app-v1"])
            #expect(try await lab.run("resume", "r1").code == 1)
            #expect(try await lab.share() == 0)
        }
    }

    /// A third of the users is home, and nobody may raise stable: what is said is what the routes have.
    ///
    /// Slowly: a holder who is held up for as long as a lease lasts is taken for dead by the abort.
    @Test func theWeightThatIsToldIsTheOneThatTheRoutesHave() async throws {
        try await ServedLab.serving(speed: 50) { lab in
            var flow = ShortFlow(lab)
            flow.steps = [
                "backup", "deploy: {deadline: 5m}", "route", "weight: 100",
                "shrink: {minimum: 1}",
                "bake: {for: 20h, maxFor: 21h, gates: [errors]}", "retire",
            ]
            flow.limits = "write: 2m"
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line { $0.contains(" 6/7 ") && $0.hasSuffix("begins") }
            try await lab.post(
                "/lab/api", ["deny": [["verb": "update", "kind": "HorizontalPodAutoscaler"]]])
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 4, "\(abort)")
            let ending = await run.end()
            #expect(ending.code == 4)
            #expect(try await lab.share() == 67)
            #expect(ending.output.contains("the candidate keeps 67%, the rest is home"))
            #expect(ending.complaint.contains("the candidate's weight is 67%"), "\(ending)")
            #expect(try await row(lab)?["weight"] == 67)
            try await lab.post("/lab/api", ["deny": []])
            #expect(try await lab.run("resume", "r1").code == 1)
            #expect(try await lab.share() == 0)
        }
    }

    @Test func statusSaysWhatIsWaitedFor() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            flow.limits = "home: 5h"
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            try await lab.post(
                "/lab/pods", ["deployment": "demo-app-v1", "behaviour": "never-ready"])
            let abort = try lab.start("abort", "r1")
            try await run.line { $0.contains("waits to go home: stable demo-app-v1 has 0 of 3") }
            let now = try await row(lab)
            #expect(now?["state"] == "running")
            let reason = now?["reason"]?.text ?? ""
            #expect(reason.hasPrefix("aborted by mia"), "\(reason)")
            #expect(reason.contains("; waits to go home: stable demo-app-v1 has 0 of 3 ready pods"))
            try await lab.post("/lab/pods", ["deployment": "demo-app-v1"])
            #expect(await run.end().code == 1)
            #expect(await abort.end().code == 0)
        }
    }

    private func row(_ lab: ServedLab) async throws -> JSONTree? {
        let told = try await lab.run("status", "--output", "json").output
        return try JSONReader.tree(of: Array(told.utf8)).items?.first
    }
}
