import JSONTree
import Testing

/// What people ask of a run from another process.
@Suite struct WishTests {
    /// A run at its fifth step.
    private func standing(
        at step: String, _ work: (ServedLab, Program) async throws -> Void
    ) async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = [
                "backup", "deploy: {deadline: 5m}", "route", "weight: 50", step, "weight: 100",
                "retire",
            ]
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            try await work(lab, run)
            await run.stop()
        }
    }

    private static let bake = "bake: {for: 20h, maxFor: 21h, gates: [errors]}"

    @Test(arguments: [bake, "pause: 20h"])
    func promoteEndsAWait(step: String) async throws {
        try await standing(at: step) { lab, run in
            let promote = try await lab.run("promote", "r1")
            #expect(promote.output == "run r1: promote\n", "\(promote)")
            #expect(promote.code == 0)
            #expect(await run.end().code == 0)
            try await lab.expectWholeWeights()
        }
    }

    /// Whoever is in a hurry does not answer for whoever is asked.
    @Test func promoteAnswersNoQuestion() async throws {
        try await standing(at: "approve: {timeout: 20h}") { lab, run in
            let promote = try await lab.run("promote", "r1")
            #expect(promote.code == 3)
            #expect(
                promote.complaint.hasPrefix(
                    "run: promote is refused: it waits for approve or reject\n"), "\(promote)")
            #expect(try await lab.run("approve", "r1").code == 0)
            #expect(await run.end().code == 0)
        }
    }

    @Test func rejectRollsBack() async throws {
        try await standing(at: "approve: {timeout: 20h}") { lab, run in
            let reject = try await lab.run("reject", "demo-app")
            #expect(reject.code == 0)
            let ending = await run.end()
            #expect(ending.code == 1)
            #expect(ending.complaint.hasPrefix("run r1 rolled back: rejected by mia@"))
        }
    }

    @Test func pausedUntilResumed() async throws {
        try await standing(at: Self.bake) { lab, run in
            let pause = try await lab.run("pause", "r1")
            #expect(
                pause.output == """
                    run r1: pause
                      next: theseus resume r1
                      should its process die, `theseus resume --all --stale` brings it home, \
                    paused or not

                    """)
            let asked = try await lab.run("status").output
            #expect(
                asked.contains(#/  50%  pause asked by mia@[^ ]+, before the next step\n/#)
                    && asked.hasSuffix("  next: theseus resume r1\n"), "\(asked)")
            let twice = try await lab.run("approve", "r1")
            #expect(twice.code == 3)
            #expect(
                twice.complaint.hasPrefix(
                    "run: approve is refused: nothing is asked; see `theseus status`\n"))
            // Withdrawn before it took effect.
            #expect(try await lab.run("resume", "r1").output == "run r1: resume\n")
            #expect(try await lab.run("pause", "r1").code == 0)
            #expect(try await lab.run("promote", "r1").code == 0)
            // It stands before the next step; half of the users stay where they are.
            let status = try await lab.run("status", "--output", "json")
            let row = try JSONReader.tree(of: Array(status.output.utf8)).items?.first
            #expect(row?["state"] == "running")
            #expect(row?["step"] == "6/7 weight 100")
            #expect(row?["reason"]?.text?.hasPrefix("paused by mia@") == true)
            #expect(row?["next"] == "theseus resume r1")
            #expect(try await lab.share() == 50)
            let again = try await lab.run("pause", "r1")
            #expect(again.complaint.hasPrefix("run: pause is refused: it is paused already\n"))
            // Whoever drives it on may tell of it; this command does not.
            let resume = try await lab.run("resume", "r1", "--junit", "run.xml")
            #expect(resume.output == "run r1: resume\n")
            #expect(
                resume.complaint == """
                    report: none is written, because another process drives the run on
                      where: run r1
                      do:    write it later: theseus show r1 --junit run.xml

                    """)
            #expect(await run.end().code == 0)
            #expect(try !lab.folder.files().contains("run.xml"))
        }
    }

    @Test func nobodyAnswersForTheDead() async throws {
        try await standing(at: Self.bake) { lab, run in
            await run.stop()
            let pause = try await lab.run("pause", "r1")
            #expect(pause.code == 6)
            #expect(
                pause.complaint == """
                    run: nobody answers; pause is kept, and heard by whoever drives it next
                      where: run r1
                      do:    `theseus resume r1`, or `theseus abort r1`

                    """)
            let told = try await lab.run("status").output
            #expect(
                told.contains("50%  heard by whoever drives it next: pause, says mia@"), "\(told)")
            // The wish waits; who takes the run hears it.
            let resume = try lab.start("resume", "r1")
            try await resume.line("pause, says mia@")
            #expect(try await lab.run("abort", "r1").code == 0)
            #expect(await resume.end().code == 1)
        }
    }

    /// A no that nobody answered is not overruled by the yes before it.
    @Test func theDeadHearTheNo() async throws {
        try await standing(at: "approve: {timeout: 20h}") { lab, run in
            await run.stop()
            let yes = try lab.start("approve", "r1")
            // The no is later, by however little.
            let isKept = ": approve, says mia@"
            var told = ""
            for _ in 0..<100 where !told.contains(isKept) {
                told = try await lab.run("status").output
            }
            #expect(told.contains(isKept), "\(told)")
            let no = try await lab.run("reject", "r1")
            #expect(no.code == 6, "\(no)")
            #expect(await yes.end().code == 6)
            let resume = try await lab.run("resume", "r1")
            #expect(resume.code == 1, "\(resume)")
            #expect(resume.output.contains("approve refused: later came reject, says mia@"))
            #expect(resume.complaint.contains("rolled back: rejected by mia@"), "\(resume)")
        }
    }

    @Test func strangersAreUnknown() async throws {
        try await standing(at: Self.bake) { lab, _ in
            for command in ["abort", "resume", "approve", "show", "verify"] {
                let ending = try await lab.run(command, "shop")
                #expect(ending.code == 3)
                #expect(
                    ending.complaint == """
                        run: no such run
                          where: shop
                          do:    see `theseus history` for the runs in this journal

                        """, "\(command)")
            }
        }
    }

    /// The same id is the same run: begun, gone on with, or over.
    @Test func oneIdOneRun() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let first = try lab.start("deploy", flow, "--run-id", "r1")
            try await first.line("50% with")
            await first.stop()
            let second = try await lab.run("deploy", flow, "--run-id", "r1")
            #expect(second.code == 0, "\(second)")
            #expect(second.output.contains("epoch 2"))
            let writes = try await lab.ourWrites().count
            let third = try await lab.run("deploy", flow, "--run-id", "r1")
            #expect(third.code == 0, "\(third)")
            #expect(third.output == "")
            #expect(third.complaint == "run r1 was promoted\n")
            #expect(try await lab.run("resume", "r1").complaint == "run r1 was promoted\n")
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 3)
            #expect(abort.complaint.hasPrefix("run: abort is refused: the run is over\n"))
            #expect(try await lab.ourWrites().count == writes)
        }
    }

    /// A run of one cluster is not gone on with in another.
    @Test func eachRunHasItsCluster() async throws {
        try await standing(at: "pause: 20h") { lab, run in
            await run.stop()
            try await ServedLab.serving { other in
                for command in ["resume", "abort"] {
                    let ending = try await other.run(
                        command, "r1", "--journal", "sqlite:\(lab.folder.file("journal.sqlite"))")
                    #expect(ending.code == 3, "\(ending)")
                    #expect(
                        ending.complaint == """
                            run: this run belongs to another cluster, not to \(other.api)
                              where: \(lab.api) demo/demo-app
                              do:    give --cluster or --kubeconfig the one that stands here

                            """)
                }
                let writes = try await other.ourWrites()
                #expect(writes == [])
            }
        }
    }
}
