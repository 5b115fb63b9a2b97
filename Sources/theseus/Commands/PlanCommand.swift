internal import CanaryEngine
internal import FlowFiles
internal import Foresight
internal import JSONTree
internal import Lab
internal import MetricsGate
internal import MetricsSources
internal import Voyage

/// `theseus plan FLOW`: what a deploy of it would do, object by object; changes nothing.
struct PlanCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let (flow, source) = try request.flow()
        var terms = Departure.Terms()
        if request.has("--stable-unhealthy") { terms.unfitStable = Environment.person }
        terms.remembersInCluster = try Logbook.mayBeInCluster(request)
        if flow.guardian != nil {
            try request.checkGuard(remembersInCluster: terms.remembersInCluster)
        }
        guard request.value("--cluster") == "lab" else {
            let lookout = Lookout()
            let ground = try await Ground.cluster(request, by: lookout.through)
            let programs = TestsNow.Programs(
                folders: (Environment.value("PATH") ?? "").split(separator: ":").map(String.init),
                isExecutable: Files.isExecutable)
            return try await plan(flow, source, terms, ground, lookout, programs)
        }
        let turnable = TurnableWorld()
        let lookout = Lookout()
        let ground = try Ground.lab(
            try LabWorlds.world(nil), LabClock(turnable), by: lookout.through)
        let chosen = terms
        return try turnable.run { try await plan(flow, source, chosen, ground, lookout, nil) }
    }

    private func plan(
        _ flow: Flow, _ source: FlowSource, _ terms: Departure.Terms, _ ground: Ground,
        _ lookout: Lookout, _ programs: TestsNow.Programs?
    ) async throws -> ExitCode {
        let forecast = Forecast(rig: ground.rig, lookout: lookout, terms: terms)
        let plan = try await forecast.plan(flow, from: source)
        await Bystander.warn(of: flow, on: ground.rig)
        let tests = await TestsNow(flow, outside: ground.rig.outside, programs: programs).look()
        let waits = WaitLines(plan.charter.flow, try await load(on: ground.rig, plan.charter))
        var tree = plan.tree(
            version: Dispatch.version, workingDirectory: Files.workingDirectory,
            names: plan.charter.flow.plan.steps.map(\.name), tests: tests)
        tree["load"] = waits.loadTree
        tree["gates"] = waits.tree
        if let path = request.value("--out") {
            try Files.write(JSONWriter.text(of: tree) + "\n", to: path)
        }
        if request.wantsJSON {
            Terminal.say(JSONWriter.text(of: tree))
        } else {
            let lines = PlanLines(
                plan: plan, tests: tests, waits: waits, hasColours: Tint.areWanted(request))
            for line in lines.all { Terminal.say(line) }
        }
        let missing = tests.filter { $0.isThere == false }
        guard !missing.isEmpty else {
            let flow = (request.operand ?? "") + request.sayings
            let what = request.value("--out").map { "--plan \($0)" } ?? flow
            if !request.wantsJSON {
                Terminal.say("next: theseus deploy \(what)\(request.whereabouts)")
            }
            return .done
        }
        for test in missing { Terminal.complain(Self.complaint(test)) }
        return .refused
    }

    /// How many users there are: as somebody says, else as the mesh told of the last ten minutes.
    private func load(on rig: Rig, _ charter: RunCharter) async throws -> WaitLines.Load {
        if let rate = try request.rate() {
            return WaitLines.Load(
                figure: UsersLoad.Figure(perSecond: rate),
                source: "as --rps says, and as is usual")
        }
        guard let prometheus = rig.prometheus(of: charter.flow) else {
            return WaitLines.Load(figure: nil, source: "the flow names no Prometheus; see --rps")
        }
        do {
            let figure = try await UsersLoad.figure(of: charter.gateScope, by: prometheus)
            return WaitLines.Load(
                figure: figure, source: "Prometheus, of the last 10 minutes")
        } catch {
            return WaitLines.Load(figure: nil, source: "\(error.reason); see --rps")
        }
    }

    /// A deploy would begin, and roll back at this test.
    private static func complaint(_ test: TestsNow.Finding) -> String {
        """
        plan: a test could not be run now
          where: \(test.subject)
          do:    \(test.sentence); mend that before you deploy
        """
    }
}
