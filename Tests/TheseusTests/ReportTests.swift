import Foundation
import Testing

/// `--junit` and `--report`: what a run leaves behind in files.
@Suite struct ReportTests {
    private func read(_ lab: ServedLab, _ name: String) throws -> String {
        try lab.folder.read(name)
    }

    /// The files of a run are the same later, from the journal.
    private func expectShown(_ lab: ServedLab, _ name: String) async throws {
        let show = try await lab.run("show", "r1", "--junit", "later.xml", "--report", "later.html")
        #expect(show.code == 0, "\(show)")
        #expect(try read(lab, "later.xml") == read(lab, "\(name).xml"))
        #expect(try read(lab, "later.html") == read(lab, "\(name).html"))
    }

    private func whole(_ lab: ServedLab) -> [String] {
        ["--junit", lab.folder.file("run.xml"), "--report", lab.folder.file("run.html")]
    }

    @Test func aGoodRelease() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            try lab.folder.write("old", to: "run.xml")
            let words = ["deploy", flow, "--run-id", "r1"] + whole(lab)
            let ending = try await Program.run(lab.words(words), in: lab.folder.path)
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.complaint == "")
            let junit = try read(lab, "run.xml")
            #expect(junit.contains("<testsuite name=\"r1\" timestamp=\""))
            #expect(junit.contains(" failures=\"0\" errors=\"0\" skipped=\"0\">"), "\(junit)")
            let page = try read(lab, "run.html")
            #expect(page.contains("<title>Release of demo/demo-app v2</title>"))
            #expect(page.contains("<b>Promoted: users have v2.</b>"))
            #expect(try lab.folder.files().filter { $0.hasSuffix(".part") } == [])
            try await expectShown(lab, "run")
            let undo = try await lab.run(
                "undo", "demo-app", "--run-id", "r2", "--junit", "undo.xml")
            #expect(undo.code == 0, "\(undo)")
            #expect(try read(lab, "undo.xml").contains("<testsuite name=\"r2\""))
        }
    }

    /// Stopped, its report says so; whoever ends it tells the whole run.
    @Test func aReleaseThatAnotherProcessEnds() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let words = ["deploy", try flow.write(), "--run-id", "r1", "--on-interrupt", "stop"]
            let run = try Program(lab.words(words + whole(lab)), in: lab.folder.path)
            try await run.line { $0.contains(" 5/7 bake ") && $0.hasSuffix("begins") }
            let second = try await lab.run(
                "deploy", lab.folder.file("flow.yaml"), "--junit", "second.xml")
            #expect(second.code == 5, "\(second)")
            run.signal(15)
            #expect(await run.end().code == 6)
            #expect(try read(lab, "run.xml").contains("<error message=\"the run is not over\">"))
            #expect(try read(lab, "run.html").contains("<b>Not over: it stands at 5 bake"))
            try await expectShown(lab, "run")
            let abort = try await Program.run(
                lab.words(["abort", "r1", "--wait", "1s"] + whole(lab)), in: lab.folder.path)
            #expect(abort.code == 0, "\(abort)")
            let junit = try read(lab, "run.xml")
            #expect(junit.contains("<failure message=\"aborted by mia@"), "\(junit)")
            #expect(junit.contains("name=\"the way home\""))
            #expect(junit.contains("<skipped message=\"not reached\"/>"))
            try await expectShown(lab, "run")
            #expect(!FileManager.default.fileExists(atPath: lab.folder.file("second.xml")))
        }
    }

    @Test func aFolderThatIsMissingIsRefusedBeforeAnything() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let ending = try await lab.run("deploy", flow, "--junit", "no/such/run.xml")
            #expect(ending.code == 3)
            #expect(
                ending.complaint == """
                    file: there is no folder no/such to write to
                      where: no/such/run.xml
                      do:    mkdir -p no/such, or give another path

                    """)
            #expect(try await lab.ourWrites() == [])
        }
    }

    /// Its folder goes while the run lasts: it goes home all the same, and ends as it would.
    @Test func aFileThatCannotBeWrittenChangesNothing() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let folder = lab.folder.file("reports")
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            let run = try lab.start(
                "deploy", try flow.write(), "--run-id", "r1", "--junit", "reports/run.xml")
            try await run.line("50% with")
            try FileManager.default.removeItem(atPath: folder)
            run.signal(15)
            let ending = await run.end()
            #expect(ending.code == 1)
            #expect(
                ending.complaint == """
                    run r1 rolled back: aborted by a signal
                    file: there is no folder reports to write to
                      where: reports/run.xml
                      do:    mkdir -p reports, or give another path
                    report: none is written, because of that
                      where: run r1
                      do:    write it later: theseus show r1 --junit reports/run.xml

                    """)
            #expect(try await lab.share() == 0)
        }
    }
}
