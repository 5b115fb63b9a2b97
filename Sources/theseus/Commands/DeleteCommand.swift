internal import CanaryEngine
internal import FlowFiles
internal import Journal
internal import Lab
internal import Timekeeping
internal import Voyage

/// `theseus delete FLOW`: the flow's version off the routes, then its Deployment and what is its own.
///
/// A run like any other: it holds the target, is remembered, and can be resumed.
struct DeleteCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        try request.checkRunID()
        let (flow, source) = try request.flow()
        guard request.value("--cluster") == "lab" else {
            return try await delete(flow, source, try await Ground.cluster(request))
        }
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let ground = try Ground.lab(try LabWorlds.world(nil), clock)
        return try turnable.run { try await delete(flow, source, ground) }
    }

    private func delete(_ flow: Flow, _ source: FlowSource, _ ground: Ground) async throws
        -> ExitCode
    {
        let run = request.value("--run-id") ?? RunName.make("\(flow.name)-delete")
        if request.has("--dry-run") {
            let departure = Departure(rig: ground.rig, run: run)
            return list(try await plan(flow, source, departure), flow)
        }
        let logbook = try await Logbook.open(
            request, .begins, on: ground, namespace: flow.target.namespace)
        if flow.guardian != nil { try request.checkGuard(remembersInCluster: logbook.isInCluster) }
        let drive = Drive(request: request, ground: ground, logbook: logbook)
        let store = logbook.store
        if try await store.runs().contains(where: { $0.run == run }),
            try await store.last(of: run) != nil
        {
            return try await drive.takeAgain(run, of: flow, removes: true)
        }
        var terms = Departure.Terms()
        terms.remembersInCluster = logbook.isInCluster
        let departure = Departure(rig: ground.rig, run: run, terms: terms)
        let found = try await drive.namingTheHolder { try await plan(flow, source, departure) }
        guard let plan = found else { return nothing(flow) }
        if !request.wantsJSON {
            for way in plan.ways { Terminal.complain("forced: \(way)") }
            for object in plan.staying { Terminal.complain("\(object) stays") }
        }
        return try await drive.namingTheHolder { try await drive.begin(plan.charter) }
    }

    private func plan(_ flow: Flow, _ source: FlowSource, _ departure: Departure) async throws
        -> RemovalPlan?
    {
        try await departure.surveyRemoval(flow, from: source, isForced: request.has("--force"))
    }

    private func nothing(_ flow: Flow) -> ExitCode {
        let what = "nothing of this version is in \(flow.target.namespace)/\(flow.target.service)"
        if !request.wantsJSON { Terminal.say(what) }
        if request.tellsFacts {
            EndLine(run: nil, "removed", reason: what, .done).say(to: request)
        }
        return .done
    }

    private func list(_ plan: RemovalPlan?, _ flow: Flow) -> ExitCode {
        guard let plan else { return nothing(flow) }
        let charter = plan.charter
        let stays = charter.stable.map { "\($0.deployment) (\($0.label)) stays" }
        Terminal.say(
            "\(charter.target): \(charter.candidate.deployment) (\(charter.candidate.label)) goes, "
                + (stays ?? "and there is no other version"))
        for way in plan.ways { Terminal.say("forced: \(way)") }
        for warning in charter.warnings { Terminal.say("warning: \(warning)") }
        let steps = charter.flow.plan
        let before = (0...steps.steps.count).flatMap { steps.legs(ofStep: $0) }.dropFirst()
        let first = before.map { $0 == .decidePromotion ? "deciding the removal" : $0.name }
        Terminal.say("first: \(first.joined(separator: ", "))")
        Terminal.say("then: \(steps.legsOfClosing.map(\.name).joined(separator: ", "))")
        for object in plan.removed { Terminal.say("\(object) goes") }
        for object in plan.staying { Terminal.say("\(object) stays") }
        Terminal.say("nothing was changed")
        return .done
    }
}
