import Foundation
import JSONTree
import Testing

/// A journal whose last records are gone: each record that is left is whole, and only the heads that
/// the cluster's objects carry tell of the others.
@Suite struct LostTailTests {
    /// What theseus wrote, but for the target's lease.
    private func writes(_ lab: ServedLab) async throws -> Int {
        try await lab.ourWrites().count { !$0.hasPrefix("Lease ") }
    }

    /// The journal's file and what SQLite keeps beside it.
    private func move(_ folder: Folder, from old: String, to new: String) throws {
        let files = FileManager.default
        for name in try folder.files() where name.hasPrefix(new) {
            try files.removeItem(atPath: folder.file(name))
        }
        for name in try folder.files() where name.hasPrefix(old) {
            let tail = name.dropFirst(old.count)
            try files.copyItem(atPath: folder.file(name), toPath: folder.file(new + tail))
        }
    }

    private func expectLoss(_ ending: Program.Ending, _ command: String) {
        #expect(ending.code == 4, "\(command): \(ending)")
        #expect(
            ending.complaint.hasPrefix("run: the journal has lost records: it ends at record "),
            "\(command): \(ending)")
        #expect(ending.complaint.contains("demo/demo-app carries record "), "\(ending)")
        #expect(ending.complaint.split(separator: "\n").count == 3, "\(ending)")
    }

    /// Somebody puts yesterday's copy of the file back.
    @Test func ofAFile() async throws {
        try await ServedLab.serving { lab in
            let run = try lab.start("deploy", try ShortFlow(lab).write(), "--run-id", "r1")
            try await run.line("1% with")
            await run.stop()
            try move(lab.folder, from: "journal.sqlite", to: "copy.sqlite")
            let second = try lab.start("resume", "r1")
            try await second.line("50% with")
            await second.stop()
            try move(lab.folder, from: "journal.sqlite", to: "newest.sqlite")
            try move(lab.folder, from: "copy.sqlite", to: "journal.sqlite")

            let before = try await writes(lab)
            expectLoss(try await lab.run("verify"), "verify")
            expectLoss(try await lab.run("verify", "r1"), "verify r1")
            expectLoss(try await lab.run("resume", "r1"), "resume r1")
            #expect(try await writes(lab) == before)
            #expect(try await lab.share() == 50)
            let status = try await lab.run("status")
            #expect(status.code == 4, "\(status)")
            #expect(
                status.output.contains(#/the journal has lost records: it has [0-9]+ of [0-9]+\n/#)
                    && status.output.hasSuffix("  next: theseus abort r1\n"), "\(status)")

            // Traffic needs no journal to come home.
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 4, "\(abort)")
            #expect(abort.complaint.contains("it ends at record "), "\(abort)")
            #expect(
                abort.complaint.contains(
                    "give --journal a copy that is whole, then `theseus resume r1`; or without "
                        + "it: kubectl -n demo delete deployments/demo-app-v2"), "\(abort)")
            #expect(try await lab.share() == 0)

            try move(lab.folder, from: "newest.sqlite", to: "journal.sqlite")
            let whole = try await lab.run("resume", "r1")
            #expect(whole.code == 1, "\(whole)")
            #expect(try await lab.run("verify").output.hasSuffix("  clean\n"))
        }
    }

    /// Somebody deletes the ConfigMap with the newest records.
    @Test func ofTheCluster() async throws {
        try await ServedLab.serving { lab in
            let words = ["--kubeconfig", lab.folder.file("kubeconfig")]
            func theseus(_ command: String...) async throws -> Program.Ending {
                try await Program.run(command + words, in: lab.folder.path)
            }
            let flow = try ShortFlow(lab).write()
            let run = try Program(
                ["deploy", flow, "--run-id", "r1"] + words, in: lab.folder.path)
            try await run.line("50% with")
            await run.stop()

            let maps = "/api/v1/namespaces/demo/configmaps"
            let segments = (try await lab.get(maps)["items"]?.items ?? [])
                .compactMap { $0.at("metadata", "name")?.text }
                .filter { $0.hasPrefix("theseus-log-r1-") }
                .sorted { ($0.count, $0) < ($1.count, $1) }
            #expect(segments.count >= 2)
            let last = try #require(segments.last)
            try await lab.delete("\(maps)/\(last)")

            let before = try await writes(lab)
            for command in ["verify", "resume"] {
                let ending = try await theseus(command, "r1")
                expectLoss(ending, command)
            }
            #expect(try await writes(lab) == before)
        }
    }

    // MARK: The end is lost

    private func expectLostEnd(_ ending: Program.Ending, _ command: String) {
        #expect(ending.code == 4, "\(command): \(ending)")
        let first = ending.complaint.split(separator: "\n").first ?? ""
        #expect(
            first.hasPrefix("run: the journal has lost records: it ends at record ")
                && first.hasSuffix(", before its end; then run r2 began"), "\(command): \(ending)")
        #expect(ending.complaint.contains("\n  where: run r1\n"), "\(command): \(ending)")
    }

    /// Somebody deletes the newest ConfigMap of a run that is over.
    ///
    /// Its marks are gone, so that only the run which began later tells.
    @Test func ofAnEndedRunInTheCluster() async throws {
        try await ServedLab.serving(speed: 50) { lab in
            let words = ["--kubeconfig", lab.folder.file("kubeconfig")]
            func theseus(_ command: String...) async throws -> Program.Ending {
                try await Program.run(command + words, in: lab.folder.path)
            }
            var flow = ShortFlow(lab)
            #expect(try await theseus("deploy", try flow.write(), "--run-id", "r1").code == 0)
            flow.name = "other"
            flow.manifest = "demo-app-v3.yaml"
            let second = try await theseus(
                "deploy", try flow.write(as: "other.yaml"), "--run-id", "r2")
            #expect([0, 1].contains(second.code), "\(second)")
            #expect(try await theseus("verify").code == 0)

            let maps = "/api/v1/namespaces/demo/configmaps"
            let segments = (try await lab.get(maps)["items"]?.items ?? [])
                .compactMap { $0.at("metadata", "name")?.text }
                .filter { $0.hasPrefix("theseus-log-r1-") }
                .sorted { ($0.count, $0) < ($1.count, $1) }
            try await lab.delete("\(maps)/\(try #require(segments.last))")
            let before = try await writes(lab)
            let resumed = try await theseus("resume", "--all", "--stale", "1s")
            #expect(!resumed.output.contains("r1 "), "\(resumed)")
            expectLostEnd(resumed, "resume --all")
            expectLostEnd(try await theseus("resume", "r1"), "resume")
            expectLostEnd(try await theseus("verify", "r1"), "verify")
            #expect(try await theseus("verify", "r2").code == 0)
            #expect(try await writes(lab) == before)
        }
    }

    /// The same in a file: yesterday's copy is put back, and a new run begun with it.
    @Test func ofAnEndedRunInAFile() async throws {
        try await ServedLab.serving(speed: 50) { lab in
            var flow = ShortFlow(lab)
            let run = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await run.line("50% with")
            await run.stop()
            try move(lab.folder, from: "journal.sqlite", to: "copy.sqlite")
            #expect(try await lab.run("resume", "r1").code == 0)
            try move(lab.folder, from: "copy.sqlite", to: "journal.sqlite")
            flow.name = "other"
            flow.manifest = "demo-app-v3.yaml"
            let second = try await lab.run(
                "deploy", try flow.write(as: "other.yaml"), "--run-id", "r2")
            #expect([0, 1].contains(second.code), "\(second)")

            let before = try await writes(lab)
            expectLostEnd(try await lab.run("verify", "r1"), "verify")
            expectLostEnd(try await lab.run("resume", "--all", "--stale", "1s"), "resume --all")
            #expect(try await writes(lab) == before)
            #expect(try await lab.run("verify", "r2").code == 0)
        }
    }
}
