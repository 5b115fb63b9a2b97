import JSONTree
import Testing

/// One run per target: who comes second changes nothing.
@Suite struct HoldingTests {
    @Test func aSecondDeployIsHeldOff() async throws {
        try await ServedLab.serving(speed: 50) { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let path = try flow.write()
            flow.name = "other"
            flow.manifest = "demo-app-v3.yaml"
            let other = try flow.write(as: "other.yaml")
            let holder = try lab.start("deploy", path, "--run-id", "r1")
            // At once, while stable is all that there is; later, amid the run's own objects.
            for moment in ["held by", "50% with"] {
                try await holder.line(moment)
                for (flow, journal) in [
                    (path, "journal.sqlite"), (path, "second.sqlite"), (other, "journal.sqlite"),
                    (other, "third.sqlite"),
                ] {
                    let run = "r2-\(moment.first ?? "x")\(journal.first ?? "x")"
                    let ending = try await lab.run(
                        "deploy", flow, "--run-id", run, journal: journal)
                    #expect(ending.code == 5, "\(ending)")
                    #expect(ending.output == "")
                    #expect(
                        ending.complaint == """
                            run: run r1 holds this target
                              where: \(lab.api) demo/demo-app
                              do:    wait for it, or end it with `theseus abort`

                            """)
                }
            }
            let strangers = try await lab.history().filter {
                let owner = $0["object"]?.at("metadata", "annotations", "theseus.dev/run")?.text
                return owner.map { $0 != "r1" } ?? false
            }
            #expect(strangers.isEmpty)
            // The same id is the same run, and it has a holder.
            let twin = try await lab.run("deploy", path, "--run-id", "r1")
            #expect(twin.code == 5, "\(twin)")
            #expect(try await lab.share() == 50)
            await holder.stop()
        }
    }

    /// Nobody is held off from looking: a warning says what that is worth.
    @Test func lookersAreNotHeldOff() async throws {
        try await ServedLab.serving(speed: 50) { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let path = try flow.write()
            let holder = try lab.start("deploy", path, "--run-id", "r1")
            func look(_ words: String...) async throws -> (code: Int, warning: String) {
                let ending = try await Program.run(lab.words(words), in: lab.folder.path)
                let prefix = "warning: run r1 holds demo/demo-app now: "
                let warnings = ending.complaint.split(separator: "\n")
                    .filter { $0.hasPrefix(prefix) }
                #expect(warnings.count < 2, "\(ending)")
                return (
                    ending.code, warnings.first.map { String($0.dropFirst(prefix.count)) } ?? ""
                )
            }
            let move = "what is shown here may move"
            try await holder.line("held by")
            #expect(try await look("rbac", path) == (0, move))
            try await holder.line("50% with")
            #expect(try await look("rbac", path) == (0, move))
            #expect(
                try await look("rehearse", path, "--play", "good")
                    == (0, "it is rehearsed from the flow's files alone"))
            // A plan of what is half done would be none.
            #expect(try await look("plan", path) == (3, ""))
            await holder.stop()
        }
    }

    /// Killed: its lease runs out, but what stands in the cluster still is its own.
    @Test func theDeadStillHoldTheirTarget() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            let path = try flow.write()
            let holder = try lab.start("deploy", path, "--run-id", "r1")
            try await holder.line("50% with")
            await holder.stop()
            try await lab.isLater(by: 20)
            let writes = try await lab.ourWrites().count
            let ending = try await lab.run("deploy", path, "--run-id", "r2", journal: "b.sqlite")
            #expect(ending.code == 5, "\(ending)")
            #expect(
                ending.complaint.hasPrefix(
                    "run: run r1 holds this target, and nobody drives it\n"), "\(ending)")
            #expect(ending.complaint.hasSuffix("`theseus resume r1` goes on by its journal\n"))
            #expect(try await lab.ourWrites().count == writes)
        }
    }

    /// A run of another target has its hands on stable: whether it is driven nobody here knows.
    @Test func anotherTargetsRunIsNotSaidToBeDead() async throws {
        try await ServedLab.serving { lab in
            let stable = "\(ServedLab.deployments)/demo-app-v1"
            try await lab.edit(stable) { deployment in
                let seal = [("run", "r0"), ("epoch", "1"), ("journal", "1-0000")]
                for (name, value) in seal {
                    deployment.set(
                        .string(value), at: "metadata", "annotations", "theseus.dev/\(name)")
                }
            }
            let ending = try await lab.run("deploy", try ShortFlow(lab).write(), "--run-id", "r1")
            #expect(ending.code == 5, "\(ending)")
            #expect(
                ending.complaint == """
                    run: run r0, of another target perhaps, holds this
                      where: Deployment demo/demo-app-v1
                      do:    wait for it; `theseus status r0`, with its journal, says whether \
                    somebody drives it

                    """)
        }
    }
}
