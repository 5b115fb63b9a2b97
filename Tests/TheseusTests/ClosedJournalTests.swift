import Foundation
import JSONTree
import Testing

/// A journal that cannot be opened, or that somebody went on without: users come home all the same, and
/// everybody who looks is told.
@Suite struct ClosedJournalTests {
    private func run(_ lab: ServedLab, _ journal: String, _ words: String...) async throws
        -> Program.Ending
    {
        var words = words + ["--kubeconfig", lab.folder.file("kubeconfig")]
        words += [
            "--journal", journal == "cluster" ? journal : "sqlite:\(lab.folder.file(journal))",
        ]
        return try await Program.run(words, in: lab.folder.path)
    }

    private func start(_ run: String, _ journal: String, in lab: ServedLab) throws -> Program {
        var flow = ShortFlow(lab)
        flow.steps = ShortFlow.longBake
        let place = journal == "cluster" ? journal : "sqlite:\(lab.folder.file(journal))"
        return try lab.start("deploy", try flow.write(), "--run-id", run, "--journal", place)
    }

    /// Killed while half of the users are on the candidate.
    private func kill(_ run: String, _ journal: String, in lab: ServedLab) async throws {
        let holder = try start(run, journal, in: lab)
        try await holder.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
        await holder.stop()
        try await lab.isLater(by: 17)
    }

    private func removeCandidate(_ lab: ServedLab) async throws {
        try await lab.delete("\(ServedLab.deployments)/demo-app-v2")
        let pods = "/api/v1/namespaces/demo/pods"
        while try await lab.get(pods)["items"]?.items?.contains(where: {
            $0.at("metadata", "labels", "version") == "v2"
        }) ?? false {}
    }

    @Test func anAbortNeedsNoJournal() async throws {
        try await ServedLab.serving { lab in
            try await kill("r1", "journal.sqlite", in: lab)
            try await expectNamed(lab)
            let missing = try await run(lab, "no/such/j.sqlite", "abort", "other")
            #expect(missing.code == 3 && missing.complaint.hasPrefix("journal: "), "\(missing)")
            #expect(try await lab.share() == 50)

            let first = try await run(lab, "missing.sqlite", "abort", "demo-app")
            expectStray(first, "give --journal its file where you may read it")
            #expect(try await lab.share() == 0)
            #expect(!FileManager.default.fileExists(atPath: lab.folder.file("missing.sqlite")))
            expectStray(
                try await run(lab, "text.sqlite", "abort", "r1"),
                "give --journal a copy that is whole")
            try await removeCandidate(lab)
            let last = try await run(lab, "text.sqlite", "abort", "r1")
            #expect(last.code == 0 && last.output.hasSuffix(" is as before\n"), "\(last)")
            #expect(try await run(lab, "missing.sqlite", "status").code == 3)
            try await lab.expectWholeWeights()

            try await expectUnmarked(lab)
            try await expectWhatHoldsTheRoutes(lab)
            try await expectFoundInTheCluster(lab)
            try await expectOneWarning(lab)
        }
    }

    /// Whatever is wrong with the file, the run on the routes is named.
    private func expectNamed(_ lab: ServedLab) async throws {
        try FileManager.default.createDirectory(
            atPath: lab.folder.file("folder"), withIntermediateDirectories: true)
        try lab.folder.write("no database, not at all", to: "text.sqlite")
        for journal in ["missing.sqlite", "no/such/j.sqlite", "folder", "text.sqlite"] {
            let status = try await run(lab, journal, "status")
            #expect(status.code == 4, "\(journal): \(status)")
            #expect(status.complaint.hasPrefix("journal: "), "\(journal): \(status)")
            #expect(
                status.output.hasPrefix("r1  demo/demo-app  unremembered  50%  ")
                    && status.output.hasSuffix("\n  next: theseus abort r1\n"),
                "\(journal): \(status)")
        }
        for command in [["verify"], ["resume", "--all"]] {
            let ending = try await Program.run(
                lab.words(command, journal: "missing.sqlite"), in: lab.folder.path)
            #expect(ending.code == 4, "\(command): \(ending)")
            #expect(
                ending.complaint.contains("the cluster carries marks of run r1 at record ")
                    && ending.complaint.hasPrefix("journal: "), "\(command): \(ending)")
        }
    }

    /// One line of what is wrong, then what no journal can say, and both ways on.
    private func expectStray(_ ending: Program.Ending, _ remedy: String) {
        #expect(ending.code == 4, "\(ending)")
        let lines = ending.complaint.split(separator: "\n").map(String.init)
        #expect(lines.count == 4, "\(ending)")
        #expect(
            lines.first?.hasPrefix("journal: ") == true
                && lines.first?.hasSuffix("; going by the marks on the routes") == true,
            "\(ending)")
        #expect(
            lines.last == """
                  do:    \(remedy), then `theseus resume r1`; or without it: \
                kubectl -n demo delete deployments/demo-app-v2, then `theseus abort r1` \
                puts the routes back
                """, "\(ending)")
    }

    /// The journal that comes back has an open run, and nothing in the cluster is the run's.
    private func expectUnmarked(_ lab: ServedLab) async throws {
        let words = "the routes carry no mark of it: it was ended without this journal"
        let status = try await lab.run("status")
        #expect(status.code == 4, "\(status)")
        #expect(status.output.contains("  interrupted  5/7 bake  50%  \(words)\n"), "\(status)")
        #expect(status.output.hasSuffix("  next: theseus abort r1\n"), "\(status)")
        let verify = try await lab.run("verify")
        #expect(verify.code == 4 && verify.output.hasSuffix(words + "\n"), "\(verify)")
    }

    /// Who names the service means the run on its routes, not the one that this journal has still open.
    private func expectWhatHoldsTheRoutes(_ lab: ServedLab) async throws {
        try await kill("r2", "cluster", in: lab)
        let held = try await lab.run("abort", "r1", "--wait", "100ms")
        #expect(held.code == 5, "\(held)")
        #expect(held.complaint.contains("  do:    `theseus abort r2` brings "), "\(held)")
        #expect(try await lab.share() == 50)
        let abort = try await lab.run("abort", "demo-app", "--wait", "100ms")
        #expect(abort.code == 0, "\(abort)")
        #expect(
            abort.complaint.contains("run r2: it is in the cluster's journal, and ends by that\n"),
            "\(abort)")
        #expect(try await lab.share() == 0)
        let status = try await run(lab, "cluster", "status", "r2")
        #expect(status.output.hasPrefix("r2  demo/demo-app  rolled-back  0%"), "\(status)")
    }

    /// By its id, past a file that never heard of it.
    private func expectFoundInTheCluster(_ lab: ServedLab) async throws {
        let holder = try start("r3", "cluster", in: lab)
        try await holder.line("50% with")
        let abort = try await lab.run("abort", "r3")
        #expect(abort.code == 0, "\(abort)")
        #expect(abort.complaint.hasPrefix("run r3: it is in the cluster's journal"), "\(abort)")
        #expect(await holder.end().code == 1)
        #expect(try await lab.share() == 0)
    }

    /// What a kubeconfig is warned of, however often the server is asked.
    private func expectOneWarning(_ lab: ServedLab) async throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: lab.folder.file("kubeconfig"))
        let verify = try await lab.run("verify")
        let lines = verify.complaint.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("warning: ") } == 1, "\(verify)")
    }
}
