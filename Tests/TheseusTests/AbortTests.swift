import Foundation
import JSONTree
import Testing

/// `theseus abort` from another process: traffic comes home, whatever hangs.
@Suite struct AbortTests {
    /// A run that stands at 50%, and the lab it runs in.
    private func atHalf(
        _ change: (inout ShortFlow) throws -> Void = { _ in },
        _ work: (ServedLab, Program) async throws -> Void
    ) async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            try change(&flow)
            let holder = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await holder.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            try await work(lab, holder)
            await holder.stop()
        }
    }

    /// Nothing happens for hours, and nothing is remembered.
    private static func standsStill(_ flow: inout ShortFlow) { flow.steps[4] = "pause: 20h" }

    /// A lease of half a second: on a machine that is busy its holder must not lose it while it
    /// looks after a child or a name.
    private static let unhurried = 30

    private func expectHome(_ lab: ServedLab) async throws {
        try await lab.expectWholeWeights()
        let service = try await lab.get(ServedLab.virtualService)
        let destinations = service.at("spec", "http")?.items?.first?["route"]
        #expect(destinations == [["destination": ["host": "demo-app"]]])
        let list = try await lab.get(ServedLab.deployments)["items"]?.items ?? []
        #expect(list.compactMap { $0.at("metadata", "name")?.text } == ["demo-app-v1"])
        #expect(try await lab.run("verify").code == 0)
    }

    @Test(arguments: ["r1", "demo-app"]) func duringABake(name: String) async throws {
        try await atHalf { lab, holder in
            let abort = try await lab.run("abort", name)
            #expect(abort.code == 0, "\(abort)")
            #expect(abort.output.contains("abort, says mia@"))
            let ending = await holder.end()
            #expect(ending.code == 1)
            #expect(ending.complaint.hasPrefix("run r1 rolled back: aborted by mia@"))
            try await expectHome(lab)
        }
    }

    @Test func aStoppedHolderIsTakenOver() async throws {
        try await atHalf(Self.standsStill) { lab, holder in
            holder.signal(19)
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 0, "\(abort)")
            #expect(abort.output.contains("epoch 2"))
            try await expectHome(lab)
            let writes = try await lab.ourWrites()
            holder.signal(18)
            let ending = await holder.end()
            #expect(ending.code == 1, "\(ending)")
            #expect(ending.complaint.contains("holds it now; following it"), "\(ending)")
            // The woken one has written nothing any more.
            #expect(try await lab.ourWrites() == writes)
            try await expectHome(lab)
        }
    }

    /// Woken amid the way home, it only looks on.
    @Test func aHolderWokenTooEarlyOnlyFollows() async throws {
        try await atHalf(Self.standsStill) { lab, holder in
            holder.signal(19)
            let abort = try lab.start("abort", "r1")
            try await abort.line("epoch 2")
            holder.signal(18)
            #expect(await holder.end().code == 1)
            #expect(await abort.end().code == 0)
            try await expectHome(lab)
        }
    }

    /// Given up it would leave no trace, and the run would go on.
    @Test func anAPIServerThatDoesNotAnswerIsAskedOn() async throws {
        try await atHalf(Self.standsStill) { lab, holder in
            let nobody = "server: http://127.0.0.1:9"
            try lab.turnKubeconfig("server: \(lab.api)", nobody)
            let abort = try lab.start(
                "abort", "r1", through: ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>&1"])
            try await abort.line { $0.hasPrefix("abort: ") && $0.contains("; asking on for ") }
            try lab.turnKubeconfig(nobody, "server: \(lab.api)")
            let ending = await abort.end()
            #expect(ending.code == 0, "\(ending)")
            #expect(await holder.end().code == 1)
            try await expectHome(lab)
        }
    }

    /// Two people at once: who comes second is told so, and ends as the run does.
    @Test func whoComesSecondFollows() async throws {
        try await atHalf { flow in
            let gate = flow.lab.folder.file("gate")
            flow.tests += "    slow: {shell: \"until [ -e '\(gate)' ]; do sleep 0.1; done\"}\n"
            flow.more = "  hooks: {rolledBack: [slow]}\n"
        } _: { lab, holder in
            let first = try lab.start("abort", "r1")
            try await first.line("home")
            let second = try lab.start(
                "abort", "r1", through: ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>&1"])
            try await second.line("run: it is already on the way home; following it")
            try lab.folder.write("", to: "gate")
            #expect(await first.end().code == 0)
            #expect(await second.end().code == 0)
            #expect(await holder.end().code == 1)
            try await expectHome(lab)
        }
    }

    /// Dead behind the point of no return: an abort does not promote it.
    @Test func whatIsDecidedIsNotTaken() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.steps = ["backup", "deploy: {deadline: 5m}", "route", "weight: 100", "retire"]
            let holder = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await holder.line("promotion is decided")
            await holder.stop()
            // Nobody waits for an answer that no holder could give.
            let pause = try await lab.run("pause", "r1")
            #expect(pause.code == 3, "\(pause)")
            #expect(
                pause.complaint.hasPrefix(
                    "run: pause is refused: a run does not stand still on this stretch\n"),
                "\(pause)")
            let writes = try await lab.ourWrites()
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 3, "\(abort)")
            #expect(
                abort.complaint == """
                    run: abort is refused: promotion is decided; use undo to go back
                      where: run r1
                      do:    once it is promoted (`theseus resume r1`, where nobody drives it), \
                    `theseus undo demo-app` brings the old version back

                    """)
            #expect(try await lab.ourWrites() == writes)
            #expect(try await lab.run("resume", "r1", "--takeover").code == 0)
        }
    }

    @Test func whileTestsHang() async throws {
        try await ServedLab.serving(speed: Self.unhurried) { lab in
            let lifeline = try Lifeline(lab.folder.file("lifeline"))
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            flow.steps[4] = "bake: {for: 20h, maxFor: 21h, gates: [errors], tests: [smoke]}"
            flow.tests = """
                    smoke:
                      command: [/bin/sh, -c, "\(lifeline.script("sleep 1000; sleep 1000"))"]
                      timeout: 50h

                """
            let holder = try lab.start("deploy", try flow.write(), "--run-id", "r1")
            try await holder.line("bake")
            #expect(lifeline.isHeld())
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 0, "\(abort)")
            #expect(await holder.end().code == 1)
            #expect(lifeline.isLet())
            try await expectHome(lab)
        }
    }

    @Test func whilePrometheusHangs() async throws {
        try await atHalf { lab, holder in
            try await lab.post("/lab/prometheus", ["fault": "hang"])
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 0, "\(abort)")
            #expect(await holder.end().code == 1)
            try await expectHome(lab)
        }
    }

    /// Only root may give a process a name server of its own.
    @Test(.enabled(if: geteuid() == 0, "only root may have name servers of its own"))
    func whileTheNameServerHangs() async throws {
        try await ServedLab.serving(speed: Self.unhurried) { lab in
            let mute = try MuteNameServer("127.66.0.1")
            try lab.folder.write("nameserver 127.66.0.1\noptions timeout:30\n", to: "resolv.conf")
            var flow = ShortFlow(lab)
            flow.steps = ShortFlow.longBake
            flow.steps[4] = "bake: {for: 20h, maxFor: 21h, gates: [errors], tests: [smoke]}"
            flow.more = "  observe: none\n"
            let path = try flow.write()
            try lab.folder.change(
                "flow.yaml",
                [(lab.gateway, "http://gateway.name.invalid")])
            let servers = lab.folder.file("resolv.conf")
            let mount = "mount --bind '\(servers)' /etc/resolv.conf && exec \"$0\" \"$@\""
            let holder = try lab.start(
                "deploy", path, "--run-id", "r1",
                through: ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", mount])
            try await holder.line { $0.contains(" 5/7 ") && $0.hasSuffix("begins") }
            #expect(mute.isAsked())
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 0, "\(abort)")
            #expect(await holder.end().code == 1)
            try await expectHome(lab)
        }
    }

    // MARK: A full disk

    private static let full = ["/bin/sh", "-c", "ulimit -f 0; exec \"$0\" \"$@\""]

    private static func advice(_ home: String, _ remedy: String = "free the journal's disk")
        -> String
    {
        """
        run: nothing can be remembered any more; \(home)
          where: run r1
          do:    \(remedy), then `theseus resume r1`

        """
    }

    /// Whoever is first: the holder hears of it by its lease.
    private static func homes(_ remedy: String = "free the journal's disk") -> [String] {
        ["brought home", "is at home"].map {
            advice("VirtualService demo/demo-app: \($0)", remedy)
        }
    }

    @Test func whenTheDiskIsFull() async throws {
        try await atHalf(Self.standsStill) { lab, holder in
            try await Program.tool(["/usr/bin/prlimit", "--pid", "\(holder.number)", "--fsize=0"])
            let abort = try await lab.run("abort", "r1", through: Self.full)
            #expect(abort.code == 4, "\(abort)")
            #expect(abort.complaint.hasPrefix("journal: "), "\(abort)")
            #expect(Self.homes().contains { abort.complaint.hasSuffix($0) }, "\(abort)")
            let ending = await holder.end()
            #expect(ending.code == 4, "\(ending)")
            #expect(ending.complaint.hasSuffix(Self.advice("all traffic is home")), "\(ending)")
            #expect(try await lab.share() == 0)
            try await lab.expectWholeWeights()
            // The disk has room again; what nobody could remember stands on the lease.
            let resume = try await lab.run("resume", "r1")
            #expect(resume.code == 1, "\(resume)")
            try await expectHome(lab)
            #expect(try await lab.run("verify").code == 0)
        }
    }

    /// Nobody asks: the holder finds out when it has something to remember.
    @Test func aFullDiskAloneBringsTrafficHome() async throws {
        try await atHalf { lab, holder in
            try await Program.tool(["/usr/bin/prlimit", "--pid", "\(holder.number)", "--fsize=0"])
            let ending = await holder.end()
            #expect(ending.code == 4, "\(ending)")
            #expect(ending.complaint.hasSuffix(Self.advice("all traffic is home")), "\(ending)")
            #expect(try await lab.share() == 0)
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 0, "\(abort)")
            try await expectHome(lab)
        }
    }

    /// Weights go home by what stands on the routes.
    @Test func whenTheJournalIsDamaged() async throws {
        try await atHalf { lab, holder in
            await holder.stop()
            try lab.folder.write(String(repeating: "no", count: 5000), to: "other.sqlite")
            let abort = try await lab.run(
                "abort", "demo-app", "--junit", "run.xml", journal: "other.sqlite")
            #expect(abort.code == 4, "\(abort)")
            #expect(
                abort.complaint.contains(
                    """
                    report: none is written, because the journal cannot be read or written
                      where: run r1
                      do:    write it later: theseus show r1 --junit run.xml

                    """), "\(abort)")
            #expect(try await lab.share() == 0)
            try await lab.expectWholeWeights()
        }
    }

    /// Nobody sends users to where nobody is.
    @Test func whenTheJournalIsDamagedAndStableIsDown() async throws {
        try await atHalf { lab, holder in
            await holder.stop()
            try lab.folder.write(String(repeating: "no", count: 5000), to: "other.sqlite")
            try await lab.post(
                "/lab/pods", ["deployment": "demo-app-v1", "behaviour": "crash"])
            let stable = "\(ServedLab.deployments)/demo-app-v1"
            while (try await lab.get(stable).at("status", "readyReplicas")?.whole ?? 0) > 0 {}
            let abort = try await lab.run("abort", "demo-app", journal: "other.sqlite")
            #expect(abort.code == 4, "\(abort)")
            #expect(abort.complaint.contains("stable has no ready pod"), "\(abort)")
            #expect(try await lab.share() == 50)
        }
    }

    /// As when its holder was stopped amid a write.
    @Test func whenTheJournalStaysLocked() async throws {
        try await atHalf(Self.standsStill) { lab, holder in
            let lock = try JournalLock(lab.folder.file("journal.sqlite"))
            let abort = try await lab.run("abort", "r1")
            #expect(abort.code == 4, "\(abort)")
            let remedy = "end the process that keeps the journal locked"
            #expect(Self.homes(remedy).contains { abort.complaint.hasSuffix($0) }, "\(abort)")
            let ending = await holder.end()
            #expect(ending.code == 4, "\(ending)")
            #expect(
                ending.complaint.hasSuffix(Self.advice("all traffic is home", remedy)),
                "\(ending)")
            #expect(try await lab.share() == 0)
            lock.open()
            #expect(try await lab.run("abort", "r1").code == 0)
            try await expectHome(lab)
        }
    }
}
