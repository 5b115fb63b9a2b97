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
            try await lab.post("/lab/api", ["deny": []])
            #expect(try await lab.run("resume", "r1").code == 1)
            #expect(try await lab.run("verify").code == 0)
        }
    }
}
