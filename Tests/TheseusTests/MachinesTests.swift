import JSONTree
import Testing

/// Several machines, each with a home of its own, and nothing in common but the cluster: what one
/// of them began any other finds, ends, and reads.
@Suite struct MachinesTests {
    /// A machine with an empty home and one file: the kubeconfig.
    struct Machine: Sendable {
        let home: Folder
        let kubeconfig: String

        init(_ lab: ServedLab) throws {
            home = try Folder()
            kubeconfig = lab.folder.file("kubeconfig")
        }

        func start(_ words: [String], within seconds: Int = 60) throws -> Program {
            try Program(
                words + ["--kubeconfig", kubeconfig], in: home.path, within: seconds)
        }

        func run(_ words: String...) async throws -> Program.Ending {
            try await start(words).end()
        }
    }

    private func meeting(
        speed: Int = 100, steps: [String]? = nil,
        _ work: (ServedLab, String, Machine, Machine) async throws -> Void
    ) async throws {
        try await ServedLab.serving(speed: speed) { lab in
            var flow = ShortFlow(lab)
            if let steps { flow.steps = steps }
            try await work(lab, try flow.write(), Machine(lab), Machine(lab))
        }
    }

    private static var longBake: [String] {
        var steps = ShortFlow.longBake
        steps[4] = "bake: {for: 20s, maxFor: 20h, gates: [errors], tests: [smoke]}"
        return steps
    }

    @Test func whatOneMachineLostAnotherEnds() async throws {
        try await meeting { lab, flow, first, second in
            let run = try first.start(["deploy", flow, "--run-id", "r1"])
            try await run.line("50% with")
            await run.stop()

            let status = try await second.run("status", "--output", "json")
            #expect(status.output.contains("\"run\":\"r1\""), "\(status)")
            #expect(status.output.contains("\"weight\":50"), "\(status)")
            let resume = try await second.run("resume", "demo-app")
            #expect(resume.code == 0, "\(resume)")
            try await lab.expectWholeWeights()

            let history = try await first.run("history")
            #expect(history.output.hasPrefix("r1  "), "\(history)")
            #expect(history.output.contains("  promoted  "), "\(history)")
            let show = try await Machine(lab).run("show", "r1")
            #expect(show.output.contains("promoted"), "\(show)")
            let verify = try await Machine(lab).run("verify")
            #expect(verify.code == 0 && verify.output.hasSuffix("clean\n"), "\(verify)")
            for machine in [first, second] { #expect(try machine.home.files() == []) }
        }
    }

    @Test func aTakeoverNeedsNoWaiting() async throws {
        try await meeting(speed: 1) { lab, flow, first, second in
            let run = try first.start(["deploy", flow, "--run-id", "r1"])
            try await run.line("begins")
            await run.stop()
            let taken = try second.start(["resume", "r1", "--takeover"])
            // Long before a lease of fifteen seconds, on a clock that runs as ours does.
            try await taken.line("epoch 2")
            await taken.stop()
        }
    }

    @Test func anotherMachineAborts() async throws {
        try await meeting(steps: Self.longBake) { lab, flow, first, second in
            let run = try first.start(["deploy", flow, "--run-id", "r1"])
            try await run.line("50% with")
            let abort = try await second.run("abort", "demo-app")
            #expect(abort.code == 0, "\(abort)")
            let ending = await run.end()
            #expect(ending.code == 1, "\(ending)")
            #expect(try await lab.share() == 0)
        }
    }

    /// Whoever lost the run to another follows it; a signal is passed on, and the end is the run's.
    @Test func aDisplacedHolderPassesASignalOn() async throws {
        try await meeting(steps: Self.longBake) { lab, flow, first, second in
            let run = try first.start(["deploy", flow, "--run-id", "r1"])
            try await run.line("50% with")
            let taken = try second.start(["resume", "r1", "--takeover"])
            try await taken.line("bake")
            let told = run.lines.count
            try await run.line("bake", after: told)
            run.signal(15)
            let (ending, other) = (await run.end(), await taken.end())
            #expect(ending.code == 1, "\(ending)")
            #expect(ending.complaint.contains("following it"), "\(ending)")
            #expect(other.code == 1, "\(other)")
            #expect(try await lab.share() == 0)
        }
    }

    @Test func whatNobodyDrivesIsOrphanedAndGoesHome() async throws {
        try await meeting(steps: Self.longBake) { lab, flow, first, second in
            let run = try first.start(["deploy", flow, "--run-id", "r1"])
            try await run.line("50% with")
            await run.stop()
            try await lab.isLater(by: 20)
            let status = try await second.run("status", "--output", "json")
            #expect(status.output.contains("\"state\":\"orphaned\""), "\(status)")
            try await lab.isLater(by: 60)
            let resume = try await second.run("resume", "--all", "--stale", "1m")
            #expect(resume.code == 1, "\(resume)")
            #expect(resume.output.hasPrefix("r1  "), "\(resume)")
            #expect(try await lab.share() == 0)
            let again = try await second.run("resume", "--all", "--stale", "1m")
            #expect(again.code == 0 && again.output.isEmpty, "\(again)")
        }
    }

    /// Where the flow says so, a run that nobody drives goes on instead.
    @Test func whatNobodyDrivesGoesOnAsTheFlowSays() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = Self.longBake
            flow.more = "  onStale: resume\n"
            let path = try flow.write()
            let (first, second) = (try Machine(lab), try Machine(lab))
            let run = try first.start(["deploy", path, "--run-id", "r1"])
            try await run.line("50% with")
            await run.stop()
            try await lab.isLater(by: 80)
            let resume = try await second.run("resume", "--all", "--stale", "1m")
            #expect(resume.code == 0, "\(resume)")
            #expect(resume.output.contains("promoted"), "\(resume)")
            #expect(try await lab.share() == 100)
        }
    }

    /// Whoever takes records out of the cluster is found out, and hides only that run.
    @Test func aRunThatLostItsRecordsHidesNoOther() async throws {
        try await meeting { lab, flow, first, second in
            for run in ["r1", "r2"] {
                let process = try first.start(["deploy", flow, "--run-id", run])
                try await process.line("50% with")
                let abort = try await second.run("abort", run)
                #expect(abort.code == 0, "\(abort)")
                _ = await process.end()
            }
            let maps = "/api/v1/namespaces/demo/configmaps"
            let names = (try await lab.get(maps)["items"]?.items ?? [])
                .compactMap { $0.at("metadata", "name")?.text }
            let segment = try #require(names.first { $0.hasPrefix("theseus-log-r1-") })
            try await lab.delete("\(maps)/\(segment)")
            for command in ["status", "verify"] {
                let ending = try await second.run(command)
                #expect(ending.code == 4, "\(ending)")
                #expect(ending.complaint.contains("segment 1 is missing (damaged)"), "\(ending)")
                #expect(ending.output.contains("r2  "), "\(ending)")
                #expect(!ending.output.contains("r1  "), "\(ending)")
            }
        }
    }

    /// A CronJob lasts as long as the run; what it would start ends a run that was lost.
    @Test func aGuardStandsWhileTheRunLasts() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = Self.longBake
            flow.more = "  guard: {image: \"r.example.com/theseus:1\", serviceAccount: helm}\n"
            let path = try flow.write()
            let (first, guardian) = (try Machine(lab), try Machine(lab))
            let refused = try await first.run(
                "deploy", path, "--journal", "sqlite:\(first.home.file("own.sqlite"))")
            #expect(refused.code == 3, "\(refused)")
            #expect(
                refused.complaint.hasSuffix("give --journal cluster, or leave spec.guard out\n"))

            let run = try first.start(["deploy", path, "--run-id", "r1"])
            try await run.line("50% with")
            await run.stop()
            let jobs = "/apis/batch/v1/namespaces/demo/cronjobs"
            let job = try await lab.get("\(jobs)/theseus-guard-demo-app")
            let pod = job.at("spec", "jobTemplate", "spec", "template", "spec")
            #expect(pod?["serviceAccountName"] == "helm")
            let container = try #require(pod?["containers"]?.items?.first)
            #expect(container["image"] == "r.example.com/theseus:1")
            let words = (container["command"]?.items ?? []).compactMap(\.text)
            #expect(words.first == "theseus")

            try await lab.isLater(by: 150)
            let ending = try await guardian.start(Array(words.dropFirst())).end()
            #expect(ending.code == 1, "\(ending)")
            #expect(try await lab.share() == 0)
            #expect(try await lab.get(jobs)["items"]?.items == [])
        }
    }

    /// A file on one machine, where the flag says so: the others know nothing of it.
    @Test func aFileIsStillAJournal() async throws {
        try await meeting { lab, flow, first, second in
            let journal = "sqlite:\(first.home.file("own.sqlite"))"
            let run = try await first.run(
                "deploy", flow, "--run-id", "r1", "--journal", journal)
            #expect(run.code == 0, "\(run)")
            #expect(
                try await second.run("history").output
                    == "no runs in namespace demo; --namespace NAME looks elsewhere\n")
            let history = try await first.run("history", "--journal", journal)
            #expect(history.output.hasPrefix("r1  "), "\(history)")
        }
    }

    @Test func theEmbeddedLabForgets() async throws {
        let ending = try await Program.run(
            ["history", "--cluster", "lab", "--journal", "cluster"])
        #expect(ending.code == 2, "\(ending)")
        #expect(ending.complaint.contains("give sqlite:PATH: the embedded lab forgets"))
    }
}
