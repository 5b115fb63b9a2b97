import JSONTree
import Testing

/// Several at once, and an API server that stands still.
@Suite struct CrowdTests {
    @Test func ofSeveralAtOnceOneBegins() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            var crowd: [Program] = []
            for number in 0..<4 {
                crowd.append(
                    try lab.start(
                        "deploy", flow, "--run-id", "r\(number)", journal: "j\(number % 2)"))
            }
            var codes: [Int] = []
            for program in crowd { codes.append(await program.end().code) }
            #expect(codes.sorted() == [0, 5, 5, 5])
            try await lab.expectWholeWeights()
            for journal in ["j0", "j1"] {
                #expect(try await lab.run("verify", journal: journal).code == 0)
            }
        }
    }

    @Test func ofSeveralWhoResumeOneDoes() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let first = try lab.start("deploy", flow, "--run-id", "r1")
            try await first.line("1% with")
            await first.stop()
            var crowd: [Program] = []
            for _ in 0..<3 { crowd.append(try lab.start("resume", "r1")) }
            var codes: [Int] = []
            for program in crowd { codes.append(await program.end().code) }
            #expect(codes.sorted() == [0, 5, 5])
            let shown = try await lab.run("show", "r1")
            #expect(shown.output.contains("epoch 2"))
            #expect(!shown.output.contains("epoch 3"))
            try await lab.expectWholeWeights()
        }
    }

    /// The API server hangs, and comes back: traffic comes home then.
    @Test func anAbortOutlastsAHangingServer() async throws {
        try await ServedLab.serving(speed: 400) { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            lab.standStill()
            run.signal(15)
            try await run.line("going home")
            // Ten minutes of the lab's later the way home has used up its time.
            let ending = await run.end()
            #expect(ending.code == 4, "\(ending)")
            #expect(
                ending.complaint == """
                    run: a person is needed: bringing traffic home took longer than 600 s
                      where: run r1, on the way home; the candidate's weight is 50%
                      do:    mend that, then `theseus resume r1`

                    """)
            lab.goOn()
            let resume = try await lab.run("resume", "r1")
            #expect(resume.code == 1, "\(resume)")
            #expect(try await lab.share() == 0)
            try await lab.expectWholeWeights()
            #expect(try await lab.run("verify").code == 0)
        }
    }
}
