import JSONTree
import Testing

/// What `judge` says of a past without a run, and what `show --measurements` has kept of one.
@Suite struct JudgeTests {
    @Test func judgesWhatWas() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.gates =
                "    errors: {errorRatio: {}, max: 0.02, minimumSamples: 10, every: 5s}\n"
                + "    worse: {errorRatio: {}, sequential: {noWorseThan: 20%}, every: 5s}\n"
            flow.steps = [
                "backup", "deploy: {deadline: 5m}", "route", "weight: 50",
                "bake: {for: 60s, maxFor: 10m, gates: [errors, worse]}",
                "approve: {timeout: 20h}", "weight: 100", "retire",
            ]
            let path = try flow.write()
            let run = try lab.start("deploy", path, "--run-id", "r1")
            try await run.line { $0.contains(" 6/8 ") && $0.hasSuffix("begins") }

            let judged = try await lab.run("judge", path, "--from", "50s")
            #expect(judged.code == 0, "\(judged)")
            let lines = judged.output.split(separator: "\n")
            #expect(lines.count == 2, "\(judged)")
            #expect(lines[0].hasPrefix("pass  errors: "), "\(judged)")
            #expect(lines[1].hasPrefix("pass  worse: surely no worse"), "\(judged)")

            let one = try await lab.run(
                "judge", path, "--gate", "errors", "--from", "50s", "--output", "json")
            let tree = try JSONReader.tree(of: Array(one.output.utf8))
            #expect(tree["ruling"]?.text == "pass", "\(one)")
            #expect(tree["measures"]?["errors.samples"] != nil, "\(one)")

            // Nobody had met a version of this name.
            let other = try await lab.run(
                "judge", path, "--candidate", "v9", "--gate", "errors", "--from", "50s")
            #expect(other.code == 1, "\(other)")
            #expect(other.output == "not-enough  errors: no requests of users yet\n")

            let played = try await lab.run("judge", path, "--calibrate", "10m")
            #expect(played.output.contains("errors: "), "\(played)")

            _ = try await lab.run("reject", "r1")
            _ = await run.end()
            try await expectMeasurements(lab)
        }
    }

    private func expectMeasurements(_ lab: ServedLab) async throws {
        let shown = try await lab.run("show", "r1", "--measurements", "--output", "json")
        let rows = try shown.output.split(separator: "\n").map {
            try JSONReader.tree(of: Array($0.utf8))
        }
        let gates = Set(rows.compactMap { $0["name"]?.text })
        #expect(gates == ["errors", "worse"], "\(shown)")
        #expect(rows.contains { $0["measures"]?["worse.evidenceWorse"] != nil })
        let text = try await lab.run("show", "r1", "--measurements")
        #expect(text.output.contains("gate errors  pass  errors 0"), "\(text)")
    }

    @Test(arguments: [
        (["--from", "yesterday"], "--from cannot be \"yesterday\""),
        (["--from", "1m", "--to", "2m"], "--from cannot be \"1m\""),
        (["--gate", "nobody"], "--gate cannot be \"nobody\""),
        (["--calibrate", "long"], "--calibrate cannot be \"long\""),
        (["--calibrate", "7d", "--from", "1m"], "--calibrate cannot be \"--from\""),
        (["--cluster", "lab"], "--cluster cannot be \"lab\""),
    ])
    func refusesWhatMakesNoSense(_ words: [String], _ what: String) async throws {
        try await ServedLab.serving { lab in
            let path = try ShortFlow(lab).write()
            let ending = try await Program.run(
                lab.words(["judge", path] + words), in: lab.folder.path)
            #expect(ending.code == 2, "\(ending)")
            #expect(ending.complaint.contains(what), "\(ending)")
        }
    }
}
