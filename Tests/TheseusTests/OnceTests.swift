import Foundation
import Testing

/// `kill -9` while a test runs that may run only once: whoever goes on, it never runs again.
@Suite struct OnceTests {
    /// A run that was killed in the middle of its test.
    private struct CutOff {
        let lab: ServedLab
        let journal: [String]

        /// The test told the file once for each time that it ran.
        var runs: Int {
            let text = (try? lab.folder.read("count")) ?? ""
            return text.split(separator: "\n").count
        }

        func start(_ words: String...) throws -> Program {
            try Program(lab.words(words + journal), in: lab.folder.path)
        }

        func run(_ words: String...) async throws -> Program.Ending {
            try await Program.run(lab.words(words + journal), in: lab.folder.path)
        }
    }

    /// Where the test stands in the flow: in the dark, and while half of the users are there.
    static let places = [
        ["test: charge", "weight: 50"], ["weight: 50", "test: charge"],
    ]

    /// The test writes that it ran, and then waits for longer than anybody.
    private static func cutOff(
        _ policy: String, _ place: [String], journal: [String] = [],
        _ work: (CutOff) async throws -> Void
    ) async throws {
        try await ServedLab.serving { lab in
            let lifeline = try Lifeline(lab.folder.file("lifeline"))
            var flow = ShortFlow(lab)
            flow.more = "  onCutOff: \(policy)\n"
            let script =
                "exec 9>'\(lifeline.path)'; echo ran >> '\(lab.folder.file("count"))';"
                + " echo here >&9; exec sleep 1000"
            flow.tests =
                "    charge: {command: [/bin/sh, -c, \"\(script)\"], repeat: once, timeout: 100h}\n"
            flow.steps =
                ["backup", "deploy: {deadline: 5m}", "route"] + place
                + ["bake: {for: 20s, maxFor: 10m, gates: [errors]}", "weight: 100", "retire"]
            let story = CutOff(lab: lab, journal: journal)
            let run = try story.start("deploy", try flow.write(), "--run-id", "r1")
            #expect(lifeline.isHeld(), "the test began")
            run.signal(9)
            #expect(await run.end().code == -9)
            #expect(lifeline.isLet(), "what the test started is gone")
            #expect(story.runs == 1)
            try await work(story)
            #expect(story.runs == 1, "it ran again")
        }
    }

    @Test(arguments: places) func rollsBack(_ place: [String]) async throws {
        try await Self.cutOff("rollback", place) { story in
            let resume = try await story.run("resume", "r1")
            #expect(resume.code == 1, "\(resume)")
            #expect(
                resume.complaint.hasPrefix(
                    "run r1 rolled back: test charge may run only once and was cut off\n"),
                "\(resume)")
            #expect(try await story.lab.share() == 0)
            // The run is over; nobody begins it anew.
            #expect(try await story.run("resume", "r1").code == 1)
        }
    }

    /// Whoever asks may be killed, too: the next one asks again, and runs nothing.
    @Test(arguments: places) func asksAndGoesOn(_ place: [String]) async throws {
        try await Self.cutOff("ask", place, journal: ["--journal", "cluster"]) { story in
            for epoch in 2...3 {
                let asking = try story.start("resume", "r1", "--takeover")
                try await asking.line(
                    "epoch \(epoch); ASKS: a test was cut off; approve or reject?")
                await asking.stop()
            }
            let resume = try story.start("resume", "r1", "--takeover")
            try await resume.line("ASKS: a test was cut off")
            let status = try await story.run("status", "demo-app")
            #expect(status.output.contains("a test was cut off: go on?"), "\(status)")
            #expect(try await story.run("approve", "r1").code == 0)
            let ending = await resume.end()
            #expect(ending.code == 0, "\(ending)")
        }
    }

    @Test func asksAndIsToldNo() async throws {
        try await Self.cutOff("ask", Self.places[1]) { story in
            let resume = try story.start("resume", "r1")
            try await resume.line("ASKS: a test was cut off")
            #expect(try await story.run("reject", "r1").code == 0)
            let ending = await resume.end()
            #expect(ending.code == 1, "\(ending)")
            #expect(ending.complaint.hasPrefix("run r1 rolled back: rejected by mia@"), "\(ending)")
        }
    }

    // MARK: Evidence that does not come

    /// Asks in words of its own, on the holder's screen and in `status`.
    @Test(arguments: ["approve", "reject"]) func asksWithoutEvidence(_ wish: String) async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.more = "  onNotEnough: ask\n"
            flow.gates +=
                "    many: {errorRatio: {}, max: 0.02, minimumSamples: 1000000, every: 5s}\n"
            flow.steps = [
                "backup", "deploy: {deadline: 5m}", "route", "weight: 50",
                "bake: {for: 20s, maxFor: 40s, gates: [errors, many]}", "weight: 100", "retire",
            ]
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line("ASKS: not enough evidence; approve or reject?")
            let status = try await lab.run("status", "demo-app")
            #expect(status.output.contains("not enough evidence: go on?"), "\(status)")
            #expect(try await lab.run(wish, "r1").code == 0)
            let ending = await run.end()
            #expect(ending.code == (wish == "approve" ? 0 : 1), "\(ending)")
        }
    }
}
