internal import FlowFiles
internal import Foresight
internal import Glibc
internal import JSONTree
internal import Lab
internal import MetricsGate
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
        let (flow, source) = try request.flow()
        let load = try request.rate()
        let seed = UInt64(try whole("--seed", atLeast: 0) ?? 1)
        let lanes = try whole("--lanes", atLeast: 1) ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let ground = try await ground(flow, source, load, seed)
        let rehearsal = FlowRehearsal(on: ground, isWhole: request.has("--all"))
        if let play = request.value("--play") { return try replay(rehearsal, play) }
        let clock = RealTime()
        let start = clock.now
        let report = try await rehearsal.play(on: Lanes(lanes), progress: progress)
        let lines = RehearsalLines(
            report: report, took: clock.now - start, replay: replayCommand(seed),
            hasColours: Tint.areWanted(request))
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

    private func ground(_ flow: Flow, _ source: FlowSource, _ load: Double?, _ seed: UInt64)
        async throws -> Playground
    {
        if request.has("--without-cluster") {
            return try Playground(
                flow, from: source, load: load ?? Playground.usualLoad, seed: seed)
        }
        var terms = Departure.Terms()
        terms.remembersInCluster = try Logbook.mayBeInCluster(request)
        let lookout = Lookout()
        let seen: (charter: RunCharter, load: Double)
        if request.value("--cluster") == "lab" {
            let turnable = TurnableWorld()
            let lab = try Ground.lab(
                try LabWorlds.world(nil), LabClock(turnable), by: lookout.through
            ).rig
            let chosen = terms
            seen = try turnable.run {
                try await look(flow, source, lab, lookout, chosen, load)
            }
        } else {
            let cluster = try await Ground.cluster(request, by: lookout.through)
            seen = try await look(flow, source, cluster.rig, lookout, terms, load)
        }
        return try Playground(seen.charter, as: lookout.seen, load: seen.load, seed: seed)
    }

    /// Plans as `plan` does, and asks the mesh for its users where nobody says how many there are.
    private func look(
        _ flow: Flow, _ source: FlowSource, _ rig: Rig, _ lookout: Lookout,
        _ terms: Departure.Terms, _ load: Double?
    ) async throws -> (charter: RunCharter, load: Double) {
        let charter = try await Forecast(rig: rig, lookout: lookout, terms: terms)
            .plan(flow, from: source).charter
        if let load { return (charter, load) }
        guard let prometheus = rig.prometheus(of: flow),
            let told = try? await UsersLoad.perSecond(of: charter.gateScope, by: prometheus),
            told.isFinite, told >= 0.01
        else { return (charter, Playground.usualLoad) }
        return (charter, (told * 10).rounded() / 10 > 0 ? (told * 10).rounded() / 10 : told)
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

    /// How far it is, for who looks on.
    private var progress: @Sendable (Int, Int) -> Void {
        guard Tint.areWanted(request) else { return { _, _ in } }
        return { done, all in
            guard done % 50 == 0 || done == all else { return }
            Terminal.hint(done == all ? "" : "\(done) of \(all) plays")
        }
    }
}
