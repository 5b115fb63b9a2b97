package import CanaryEngine
internal import Chronicle
package import FlowFiles
internal import Lab
internal import Synchronization

/// Plays one scenario: the production rooms, unchanged, in the Lab on a turnable clock.
package struct Stage: Sendable {
    package let scenario: Scenario
    private let opening: LabState
    package let flow: Flow
    package let plan: RunPlan

    /// Processes that one play may use up.
    private static let mostProcesses = 40

    package init(_ scenario: Scenario) throws {
        self.scenario = scenario
        var opening = try scenario.world.begin(date: LabClock.defaultEpoch)
        scenario.setUp(&opening)
        self.opening = opening
        flow = try FlowReader.read(scenario.source)
        plan = scenario.removal == nil ? flow.plan : .removal(like: flow.plan)
    }

    /// Another story about the same flow in the same world, which need not be set up again.
    package init(_ stage: Stage, _ change: (inout Scenario) -> Void) {
        scenario = stage.scenario.with(change)
        opening = stage.opening
        flow = stage.flow
        plan = stage.plan
    }

    /// `isJudged`: the audit follows; without it the bill says how it ended and nothing of how.
    package func play(_ mishap: Mishap = .none, isJudged: Bool = true) -> Playbill {
        let theatre = Theatre(opening, scenario, flow: flow, plan: plan)
        let played = Mutex(Playbill())
        var trouble: String?
        do {
            try theatre.turnable.run(atMost: scenario.longest + .seconds(3 * 86_400)) {
                await perform(mishap, theatre, played, isJudged: isJudged)
            }
        } catch {
            trouble = "\(error)"
        }
        var bill = played.withLock { $0 }
        if let trouble { bill.trouble = trouble }
        bill.lasted = theatre.clock.now
        bill.jobs = theatre.turnable.jobsRun
        if isJudged {
            bill.look(at: theatre.world.snapshot(), as: scenario, of: flow.target, plan: plan)
        }
        return bill
    }

    private func perform(
        _ mishap: Mishap, _ theatre: Theatre, _ played: borrowing Mutex<Playbill>,
        isJudged: Bool
    ) async {
        let troupe = Troupe(scenario: scenario, mishap: mishap, theatre: theatre)
        await withDiscardingTaskGroup { group in
            group.addTask { await theatre.prompter.prompt(on: theatre) }
            group.addTask { await troupe.kill() }
            group.addTask { await troupe.heal() }
            if mishap.rival != nil { group.addTask { await troupe.rival() } }
            for (number, moment) in mishap.reliefs.enumerated() {
                group.addTask { await troupe.relieve(number, at: moment) }
            }
            await perform(troupe, theatre)
            group.cancelAll()
        }
        var bill = troupe.bill
        if isJudged {
            bill.facts = (try? await RunLog(run: Theatre.run, store: theatre.store).facts()) ?? []
        }
        if mishap.jump != nil { bill.redate() }
        if let end = bill.end, end != .refused { bill.trouble = nil }
        played.withLock { $0 = bill }
    }

    /// One process after the other, until the run is over.
    private func perform(_ troupe: Troupe, _ theatre: Theatre) async {
        for _ in 0..<Self.mostProcesses {
            let exit = await troupe.process()
            let state = await theatre.state()
            if exit == .died { continue }
            guard let state else {
                if exit == .threw {
                    troupe.note { $0.end = .refused }
                    return
                }
                continue
            }
            if state.isOver, await !troupe.awaitsHelp(state) {
                troupe.note { $0.end = Self.end(state) }
                return
            }
        }
    }

    private static func end(_ state: RunState) -> Scenario.End? {
        switch state.course {
        case .promoted: .promoted
        case .rolledBack: .rolledBack
        case .personNeeded: .personNeeded
        case .advancing, .asking, .paused, .returning, .closing: nil
        }
    }
}
