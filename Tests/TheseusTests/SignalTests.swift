import JSONTree
import Testing

/// SIGINT and SIGTERM: home, or a stop that can be resumed.
@Suite struct SignalTests {
    private func atHalf(
        speed: Int = 100, _ options: [String] = [],
        _ work: (ServedLab, Program) async throws -> Void
    ) async throws {
        try await ServedLab.serving(speed: speed) { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            flow.steps[4] = "bake: {for: 20s, maxFor: 20h, gates: [errors], tests: [smoke]}"
            let words = ["deploy", try flow.write(), "--run-id", "r1"] + options
            let run = try Program(lab.words(words), in: lab.folder.path)
            try await run.line("50% with")
            try await work(lab, run)
            await run.stop()
        }
    }

    private func expectHome(_ lab: ServedLab) async throws {
        #expect(try await lab.share() == 0)
        try await lab.expectWholeWeights()
        let list = try await lab.get(ServedLab.deployments)["items"]?.items ?? []
        #expect(list.compactMap { $0.at("metadata", "name")?.text } == ["demo-app-v1"])
    }

    /// The last one comes when the terminal goes.
    @Test(arguments: [2, 15, 1]) func oneSignalBringsHome(number: Int32) async throws {
        try await atHalf { lab, run in
            run.signal(number)
            let ending = await run.end()
            #expect(ending.code == 1, "\(ending)")
            #expect(ending.complaint == "run r1 rolled back: aborted by a signal\n")
            try await expectHome(lab)
        }
    }

    /// Jenkins signals whole trees of processes, and again.
    @Test func termNeverEscalates() async throws {
        try await atHalf { lab, run in
            for _ in 0..<20 { run.signal(15) }
            try await run.line("going home")
            for _ in 0..<20 { run.signal(15) }
            let ending = await run.end()
            #expect(ending.code == 1, "\(ending)")
            try await expectHome(lab)
        }
    }

    @Test(arguments: [2, 15]) func stopCanBeResumed(number: Int32) async throws {
        try await atHalf(["--on-interrupt", "stop"]) { lab, run in
            run.signal(number)
            let ending = await run.end()
            #expect(ending.code == 6, "\(ending)")
            #expect(
                ending.complaint == """
                    run: stopped, resumable
                      where: run r1
                      do:    `theseus resume r1`, or `theseus abort r1` to bring traffic home

                    """)
            #expect(try await lab.share() == 50)
            let status = try await lab.run("status", "--output", "json")
            #expect(status.output.contains("\"state\":\"interrupted\""), "\(status)")
            #expect(status.output.contains("\"next\":\"theseus resume r1\""), "\(status)")
            let resume = try await lab.run("resume", "demo-app")
            #expect(resume.code == 0, "\(resume)")
            try await lab.expectWholeWeights()
        }
    }

    @Test func aSecondInterruptStopsAtOnce() async throws {
        try await atHalf(speed: 10) { lab, run in
            run.signal(2)
            try await run.line("going home")
            // A second one that comes at once is the same wish.
            run.signal(2)
            // Two of our seconds are twenty of the lab's.
            try await lab.isLater(by: 23)
            run.signal(2)
            let ending = await run.end()
            #expect(ending.code == 6, "\(ending)")
            #expect(ending.complaint.hasPrefix("run: stopped, resumable\n"))
            #expect(try await lab.share() == 0)
            let resume = try await lab.run("resume", "r1")
            #expect(resume.code == 1, "\(resume)")
            try await expectHome(lab)
        }
    }

    /// `nohup theseus deploy …` goes on when the terminal goes.
    @Test func nohupIsHeeded() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let run = try lab.start(
                "deploy", flow, "--run-id", "r1", through: ["/usr/bin/nohup"])
            try await run.line("50% with")
            run.signal(1)
            #expect(await run.end().code == 0)
        }
    }
}
