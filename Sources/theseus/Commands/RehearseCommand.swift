internal import ClusterAccess
internal import FlowFiles
internal import Foresight
internal import Glibc
internal import JSONTree
internal import Lab
internal import MetricsGate
internal import MetricsSources
internal import Rehearsal
internal import Timekeeping
internal import Voyage
internal import WorstDay

/// `theseus rehearse FLOW`: what it does on its worst day; changes nothing, and runs no test.
///
/// Exit: 0 sound · 1 flaws, or invariants that did not hold · 2 usage · 3 cannot be rehearsed.
struct RehearseCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let seen = try request.examination()
        guard let flow = seen.flow else { return broken(seen) }
        let source = seen.source
        let given = try request.rate().map { Users(perSecond: $0, source: "as --rps says") }
        let seed = UInt64(try whole("--seed", atLeast: 0) ?? 1)
        let lanes = try whole("--lanes", atLeast: 1) ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let (ground, users) = try await ground(flow, source, given, seed)
        let rehearsal = FlowRehearsal(on: ground, isWhole: request.has("--all"))
        if let play = request.value("--play") { return try replay(rehearsal, play) }
        let clock = RealTime()
        let start = clock.now
        let report = try await rehearsal.play(on: Lanes(lanes), progress: progress)
        let lines = RehearsalLines(
            report: report, users: users.source, took: clock.now - start,
            replay: replayCommand(seed), hasColours: Tint.areWanted(request))
        if let path = request.value("--html") {
            try Files.write(RehearsalPage(lines: lines).text, to: path)
        }
        if request.wantsJSON {
            Terminal.say(JSONWriter.text(of: lines.tree))
        } else {
            for line in lines.all { Terminal.say(line) }
        }
        // 1, which elsewhere says that users are back: there are flaws.
        return report.isSound ? .done : .rolledBack
    }

    /// All that is wrong, as `lint` tells it.
    private func broken(_ seen: FlowExamination) -> ExitCode {
        let findings = LintLines.findings(in: seen)
        for finding in findings { Terminal.complain(finding.lines(seen, isTinted: false)) }
        Terminal.complain(
            LintLines.summary(of: findings, request.operand ?? "", hasRate: true))
        return .refused
    }

    private func whole(_ option: String, atLeast least: Int) throws(UsageError) -> Int? {
        guard let text = request.value(option) else { return nil }
        guard let number = Int(text), number >= least else {
            throw UsageError(
                .malformed(option, text, "a whole number, \(least) or more"),
                command: request.command)
        }
        return number
    }

    // MARK: The world

    /// How many requests users send in a second, and who says so.
    private struct Users: Sendable {
        let perSecond: Double
        let source: String

        static func assumed(since why: String) -> Users {
            Users(
                perSecond: Playground.usualLoad,
                source: "assumed, since \(why); --rps N says how many there are")
        }
    }

    private func ground(_ flow: Flow, _ source: FlowSource, _ given: Users?, _ seed: UInt64)
        async throws -> (Playground, Users)
    {
        if request.has("--without-cluster") {
            let users = given ?? .assumed(since: "no cluster is asked")
            return (try Playground(flow, from: source, load: users.perSecond, seed: seed), users)
        }
        var terms = Departure.Terms()
        terms.remembersInCluster = try Logbook.mayBeInCluster(request)
        let lookout = Lookout()
        let seen: (charter: RunCharter?, users: Users)
        if request.value("--cluster") == "lab" {
            let turnable = TurnableWorld()
            let lab = try Ground.lab(
                try LabWorlds.world(nil), LabClock(turnable), by: lookout.through
            ).rig
            let chosen = terms
            seen = try turnable.run {
                try await look(flow, source, lab, lookout, chosen, given)
            }
        } else {
            let cluster = try await self.cluster(by: lookout)
            seen = try await look(flow, source, cluster.rig, lookout, terms, given)
        }
        guard let charter = seen.charter else {
            let ground = try Playground(
                flow, from: source, load: seen.users.perSecond, seed: seed)
            return (ground, seen.users)
        }
        let ground = try Playground(
            charter, as: lookout.seen, load: seen.users.perSecond, seed: seed)
        return (ground, seen.users)
    }

    /// Who has no cluster at hand can do without one.
    private func cluster(by lookout: Lookout) async throws -> Ground {
        do {
            return try await Ground.cluster(request, by: lookout.through)
        } catch let error as AccessError where error.code == .noKubeconfig {
            throw RehearsalError(.noCluster(error.meaning), place: error.place)
        }
    }

    /// Plans as `plan` does, and asks the mesh for its users where nobody says how many there are.
    private func look(
        _ flow: Flow, _ source: FlowSource, _ rig: Rig, _ lookout: Lookout,
        _ terms: Departure.Terms, _ given: Users?
    ) async throws -> (charter: RunCharter?, users: Users) {
        let charter: RunCharter
        do {
            charter = try await Forecast(rig: rig, lookout: lookout, terms: terms)
                .plan(flow, from: source).charter
            await Bystander.warn(of: flow, on: rig)
        } catch let error as VoyageError {
            // Amid a run's objects nothing can be seen as it is before a release.
            guard let run = error.holder else { throw error }
            Bystander.warn(
                of: run, on: flow.target, "it is rehearsed from the flow's files alone")
            return (nil, given ?? .assumed(since: "run \(run) is in the way"))
        }
        if let given { return (charter, given) }
        guard let prometheus = rig.prometheus(of: flow) else {
            return (charter, .assumed(since: "the flow names no Prometheus"))
        }
        do {
            let told = try await UsersLoad.perSecond(of: charter.gateScope, by: prometheus)
            guard told.isFinite, told >= 0.01 else {
                return (charter, .assumed(since: "Prometheus counts next to none"))
            }
            let tenths = (told * 10).rounded() / 10
            return (
                charter,
                Users(
                    perSecond: tenths > 0 ? tenths : told,
                    source: "as Prometheus counts the last ten minutes")
            )
        } catch {
            return (charter, .assumed(since: "Prometheus cannot tell (\(error.reason))"))
        }
    }

    // MARK: One play

    private func replay(_ rehearsal: FlowRehearsal, _ id: String) throws -> ExitCode {
        let (result, telling) = try rehearsal.replay(id)
        for line in telling { Terminal.say(line) }
        for line in RehearsalLines.lines(of: result, in: rehearsal.ground.flow) {
            Terminal.say(line)
        }
        return result.broken.isEmpty ? .done : .rolledBack
    }

    /// The command that was given, for one play.
    private func replayCommand(_ seed: UInt64) -> String {
        let left = ["--output", "--html", "--lanes", "--seed", "--play"]
        var words = CommandLine.arguments.dropFirst()[...]
        var kept = ["theseus"]
        while let word = words.popFirst() {
            if word == "--all" || word == "--no-color" { continue }
            if left.contains(word) {
                words = words.dropFirst()
            } else if !left.contains(where: { word.hasPrefix("\($0)=") }) {
                kept.append(Replay.quoted(word))
            }
        }
        return kept.joined(separator: " ") + (seed == 1 ? "" : " --seed \(seed)")
    }

    /// How far it is: for who looks on, all the time; for who reads it later, in quarters.
    private var progress: @Sendable (Int, Int) -> Void {
        guard Tint.areWanted(request) else {
            return { done, all in
                guard done * 4 / all != (done - 1) * 4 / all else { return }
                let next = done == all ? "; next, whom a bad candidate hurts" : ""
                Terminal.complain("rehearse: \(done) of \(all) plays\(next)")
            }
        }
        return { done, all in
            guard done % 50 == 0 || done == all else { return }
            Terminal.hint(done == all ? "" : "\(done) of \(all) plays")
        }
    }
}
