internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import HTTPMessages
internal import Journal
internal import KubernetesAPI
internal import Lab
internal import Timekeeping
internal import Voyage

/// Plays one scenario: the production rooms, unchanged, in the Lab on a turnable clock.
package struct Stage: Sendable {
    private let scenario: Scenario
    private let opening: LabState

    static let run = "rehearsal-1"
    /// Processes that one play may use up.
    private static let mostProcesses = 12

    package init(_ scenario: Scenario) throws {
        self.scenario = scenario
        opening = try scenario.world.begin(date: LabClock.defaultEpoch)
    }

    package func play(_ mishap: Mishap = .none) -> Playbill {
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(opening, time: clock)
        let store = MemoryJournal()
        let wings = Wings(world: world, clock: clock, store: store)
        var bill = Playbill(
            end: nil, trouble: nil, facts: [], history: [], effects: [], lasted: .zero,
            lostRequests: 0, leakedRequests: 0, apiCalls: 0, violations: [])
        do {
            bill = try turnable.run(atMost: .seconds(3 * 86_400)) {
                await perform(mishap, wings)
            }
        } catch {
            bill.trouble = "\(error)"
        }
        bill.lasted = clock.now
        bill.history = world.history()
        let state = world.snapshot()
        bill.lostRequests = state.mesh.lost()
        return bill
    }

    /// What stands around the stage and outlives every process.
    private struct Wings: Sendable {
        let world: LabWorld
        let clock: LabClock
        let store: MemoryJournal
    }

    private func perform(_ mishap: Mishap, _ wings: Wings) async -> Playbill {
        var bill = Playbill(
            end: nil, trouble: nil, facts: [], history: [], effects: [], lasted: .zero,
            lostRequests: 0, leakedRequests: 0, apiCalls: 0, violations: [])
        var attempt = 0
        while attempt < Self.mostProcesses {
            let death = mishap.deaths.indices.contains(attempt) ? mishap.deaths[attempt] : nil
            let life = Lifeline(dies: death)
            let first = attempt == 0
            attempt += 1
            defer { bill.effects.append(life.effects) }
            do {
                let outcome = try await life.live(by: wings.clock) {
                    try await process(life, mishap, wings, isFirst: first)
                }
                if case .success(let state) = outcome.end {
                    bill.end = Self.end(state)
                    break
                }
                if case .failure(let stranding) = outcome.end { bill.trouble = "\(stranding)" }
            } catch let died as Lifeline.Died {
                if died.unwinding != .zero {
                    bill.violations.append("a dead process took \(died.unwinding) to unwind")
                }
                continue
            } catch {
                if (try? await wings.store.last(of: Self.run)) ?? nil == nil {
                    bill.end = .refused
                }
                bill.trouble = bill.end == .refused ? nil : "\(error)"
                if bill.end == .refused { break }
            }
        }
        let log = RunLog(run: Self.run, store: wings.store)
        bill.facts = (try? await log.facts()) ?? []
        if bill.end != nil { bill.trouble = nil }
        return bill
    }

    /// One process: the first begins the run, later ones take it.
    private func process(
        _ life: Lifeline, _ mishap: Mishap, _ wings: Wings, isFirst: Bool
    ) async throws -> Expedition.Outcome {
        let time = MortalClock(wings.clock, life)
        var api: any HTTPTransport = MortalTransport(wings.world, life)
        if let plan = mishap.calls {
            api = FaultyTransport(api, time: time, plan: plan)
        }
        var pace = Pace()
        pace.inbox = .seconds(5)
        let rig = Rig(
            cluster: KubernetesClient(
                server: LabWorld.server, token: "lab", transport: api, time: time),
            outside: WitnessTransport(inner: wings.world, life: life),
            spawner: ScriptedSpawner(
                time: time, script: scenario.commands,
                begin: { name throws(CancellationError) in _ = try life.begin("spawn \(name)") }),
            time: time, pace: pace)
        let store = MortalJournal(inner: wings.store, life: life)
        let expedition = Expedition(
            rig: rig, store: store, holder: isFirst ? "first" : "next-\(wings.clock.now)",
            actor: "stage", version: "rehearsal", report: { _, _ in })
        let signals = Signals()
        return try await withThrowingTaskGroup(of: Expedition.Outcome?.self) { group in
            group.addTask {
                if (try? await wings.store.last(of: Self.run)) != nil {
                    return try await expedition.take(Self.run, signals: signals)
                }
                let flow = try FlowReader.read(scenario.source)
                let charter = try await Departure(rig: rig, run: Self.run).survey(
                    flow, from: scenario.source)
                return try await expedition.begin(charter, signals: signals)
            }
            group.addTask {
                await happen(wings, time, signals)
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
    }

    /// What the scenario tells happens at its time, whoever drives then.
    private func happen(_ wings: Wings, _ time: any Timekeeper, _ signals: Signals) async {
        for event in scenario.events.sorted(by: { $0.at < $1.at }) {
            let rest = event.at - wings.clock.now
            guard rest >= .zero else { continue }
            guard (try? await time.sleep(for: rest)) != nil else { return }
            switch event.deed {
            case .wish(let kind): signals.wish(kind, by: "stage")
            case .world(let change): wings.world.reach { change(&$0) }
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
