import JSONTree
import Testing

/// A run whose journal is gone: every command that looks says so, and an abort needs none.
@Suite struct LostJournalTests {
    private static let maps = "/api/v1/namespaces/demo/configmaps"

    /// As `kubectl delete configmap --all` does.
    private func loseJournal(_ lab: ServedLab) async throws {
        for map in try await lab.get(Self.maps)["items"]?.items ?? []
        where map.at("metadata", "labels", "theseus.dev/journal") != nil {
            try await lab.delete("\(Self.maps)/\(map.at("metadata", "name")?.text ?? "")")
        }
    }

    private static var unknown: Regex<Substring> {
        #/run: the cluster carries marks of run r1 at record [0-9]+, and this journal has none of it/#
    }

    private func expectNamed(_ ending: Program.Ending, _ code: Int, _ command: String) {
        #expect(ending.code == code, "\(command): \(ending)")
        let lines = ending.complaint.split(separator: "\n")
        #expect(lines.first?.wholeMatch(of: Self.unknown) != nil, "\(command): \(ending)")
        #expect(
            lines.last
                == "  do:    give --journal the one that has it; where that is lost, `theseus abort r1`",
            "\(command): \(ending)")
    }

    @Test func everyCommandNamesItAndAnAbortEndsIt() async throws {
        try await ServedLab.serving { lab in
            let before = try await lab.get(ServedLab.virtualService)["spec"]
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let path = try flow.write()
            // What another journal knows of the service is over.
            let other = try lab.start("deploy", path, "--run-id", "r0")
            try await other.line("begins")
            #expect(try await lab.run("abort", "r0").code == 0)
            #expect(await other.end().code == 1)

            func run(_ words: String...) async throws -> Program.Ending {
                try await Program.run(
                    words + ["--kubeconfig", lab.folder.file("kubeconfig")], in: lab.folder.path)
            }
            let holder = try lab.start("deploy", path, "--run-id", "r1", "--journal", "cluster")
            try await holder.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            // As long as somebody drives it, another journal's ignorance is no alarm.
            let driven = try await lab.run("status")
            #expect(driven.code == 0 && !driven.output.contains("r1"), "\(driven)")
            #expect(try await lab.run("verify").code == 0)
            await holder.stop()
            try await loseJournal(lab)
            try await lab.isLater(by: 17)

            let status = try await run("status")
            #expect(status.code == 4, "\(status)")
            #expect(
                status.output.hasPrefix("r1  demo/demo-app  unremembered  50%  "), "\(status)")
            #expect(status.output.hasSuffix("\n  next: theseus abort r1\n"), "\(status)")
            let row = try JSONReader.tree(
                of: Array(try await run("status", "--output", "json").output.utf8)
            ).items?.first
            #expect(row?["state"] == "unremembered" && row?["weight"] == 50, "\(row ?? .null)")
            expectNamed(try await run("verify"), 4, "verify")
            expectNamed(try await run("resume", "--all", "--stale", "1s"), 4, "resume --all")
            expectNamed(try await run("resume", "r1"), 3, "resume")
            let writes = try await lab.ourWrites()
            expectNamed(try await run("deploy", path, "--run-id", "r1"), 3, "deploy")
            #expect(try await lab.ourWrites() == writes)

            // By the service, and past a run that is over.
            let abort = try await lab.run("abort", "demo-app")
            #expect(abort.code == 4, "\(abort)")
            #expect(try await lab.share() == 0)
            #expect(abort.complaint.contains("Deployment demo/demo-app-v2"), "\(abort)")
            #expect(
                abort.complaint.contains("kubectl -n demo delete deployments/demo-app-v2"),
                "\(abort)")
            try await lab.expectWholeWeights()
            try await lab.delete("\(ServedLab.deployments)/demo-app-v2")
            let pods = "/api/v1/namespaces/demo/pods"
            while try await lab.get(pods)["items"]?.items?.contains(where: {
                $0.at("metadata", "labels", "version") == "v2"
            }) ?? false {}
            let last = try await run("abort", "r1")
            #expect(last.code == 0 && last.output.hasSuffix(" is as before\n"), "\(last)")
            #expect(try await lab.get(ServedLab.virtualService)["spec"] == before)
            for command in ["status", "verify"] { #expect(try await run(command).code == 0) }
            #expect(try await run("deploy", path, "--dry-run").code == 0)
        }
    }
}
