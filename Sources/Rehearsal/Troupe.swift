internal import CanaryEngine
internal import Chronicle
internal import FlowFiles
internal import HTTPMessages
internal import Journal
internal import KubernetesAPI
internal import Lab
internal import Processes
internal import Synchronization
internal import Timekeeping
internal import Voyage

/// The processes of one play: each begins or takes the run, and may die of it.
final class Troupe: Sendable {
    private struct Backstage: Sendable {
        var bill = Playbill()
        var started = 0
        var alive: [Lifeline] = []
        var wasHelped = false
    }

    private let scenario: Scenario
    private let mishap: Mishap
    private let theatre: Theatre
    private let saboteur: Saboteur?
    private let backstage = Mutex(Backstage())

    init(scenario: Scenario, mishap: Mishap, theatre: Theatre) {
        self.scenario = scenario
        self.mishap = mishap
        self.theatre = theatre
        saboteur = mishap.sabotage.map { Saboteur($0) }
    }

    var bill: Playbill { backstage.withLock { $0.bill } }

    func note(_ change: (inout Playbill) -> Void) { backstage.withLock { change(&$0.bill) } }

    // MARK: Around the processes

    /// Ends whoever drives, at the moments that are told.
    func kill() async {
        for moment in mishap.kills.sorted() {
            guard (try? await theatre.clock.sleep(for: moment - theatre.clock.now)) != nil else {
                return
            }
            for life in backstage.withLock({ $0.alive }) { life.kill() }
        }
    }

    func heal() async {
        guard let moment = mishap.healing,
            (try? await theatre.clock.sleep(for: moment - theatre.clock.now)) != nil
        else { return }
        mishap.calls?.heal()
        mishap.journal?.heal()
    }

    /// Whether a run that needs a person has yet to be helped: once, after the healing.
    func awaitsHelp(_ state: RunState) async -> Bool {
        guard case .personNeeded = state.course, let healing = mishap.healing,
            !backstage.withLock({ $0.wasHelped })
        else { return false }
        let rest = healing - theatre.clock.now
        if rest >= .zero {
            guard (try? await theatre.clock.sleep(for: rest + .seconds(1))) != nil else {
                return false
            }
        } else {
            backstage.withLock { $0.wasHelped = true }
        }
        return true
    }

    /// A further process, as a cron job starts one that resumes what nobody drives.
    func relieve(_ number: Int, at moment: Duration) async {
        guard (try? await theatre.clock.sleep(for: moment - theatre.clock.now)) != nil,
            let state = await theatre.state(), !state.isOver
        else { return }
        let life = Lifeline()
        let expedition = expedition(rig(life, nil), life, as: "relief-\(number)")
        _ = try? await life.live(by: theatre.clock) {
            try await expedition.take(Theatre.run)
        }
    }

    /// Another run of the same service: it must be refused while ours is under way.
    func rival() async {
        guard let delay = mishap.rival else { return }
        while await (theatre.state()?.begun ?? 0) < 2 {
            guard (try? await theatre.clock.sleep(for: .seconds(1))) != nil else { return }
        }
        guard (try? await theatre.clock.sleep(for: delay)) != nil else { return }
        let life = Lifeline()
        let signals = Signals()
        let rig = rig(life, nil)
        let other = "rehearsal-2"
        let expedition = Expedition(
            rig: rig, store: store(life, rig), holder: "rival",
            actor: "rival", version: "rehearsal",
            report: { [self] logged, _ in
                guard case .planned = logged.fact else { return }
                if !hasLetGo { note { $0.violations.append("S11 a second run began") } }
                signals.stop()
            })
        _ = try? await life.live(by: theatre.clock) { [scenario, flow = theatre.flow] in
            let charter = try await Departure(rig: rig, run: other).survey(
                flow, from: scenario.source)
            return try await expedition.begin(charter, signals: signals)
        }
    }

    /// Our run is over, or has taken its marks away and only looks at what it leaves.
    private var hasLetGo: Bool {
        guard let state = backstage.withLock({ $0.bill.newest }) else { return true }
        let leg = Standing(state, theatre.plan).leg
        return state.isOver || leg == .tidy || leg == .verifyHome
    }

    // MARK: One process

    /// How one process came off.
    enum Exit {
        case done
        /// Another process looks after what it left.
        case died
        /// What it threw; before anything was planned, a refusal.
        case threw
    }

    /// One life: begins the run or takes it.
    func process() async -> Exit {
        let number = backstage.withLock { backstage in
            backstage.started += 1
            return backstage.started - 1
        }
        let death = mishap.deaths.indices.contains(number) ? mishap.deaths[number] : nil
        let life = Lifeline(dies: death, stalls: number == 0 ? mishap.stall : nil)
        backstage.withLock { $0.alive.append(life) }
        defer {
            backstage.withLock { backstage in
                backstage.alive.removeAll { $0 === life }
                backstage.bill.effects.append(life.effects)
            }
        }
        do {
            let outcome = try await life.live(by: theatre.clock) { [self] in
                try await drive(life, number)
            }
            if case .failure(let stranding) = outcome.end {
                note { $0.trouble = "\(stranding)" }
            }
        } catch let died as Lifeline.Died {
            note { $0.deaths += 1 }
            if died.unwinding != .zero {
                note { $0.violations.append("a dead process took \(died.unwinding) to unwind") }
            }
            return .died
        } catch {
            note { $0.trouble = "\(error)" }
            // Whoever holds it meanwhile is left to it.
            try? await theatre.clock.sleep(for: .seconds(60))
            return .threw
        }
        return .done
    }

    private func drive(_ life: Lifeline, _ number: Int) async throws -> Expedition.Outcome {
        let rig = rig(life, mishap.calls)
        let expedition = expedition(rig, life, as: "process-\(number)")
        let signals = Signals()
        theatre.helm.take(signals)
        if (try? await theatre.store.last(of: Theatre.run)) ?? nil != nil {
            return try await expedition.take(Theatre.run, signals: signals)
        }
        let flow = theatre.flow
        var terms = Departure.Terms()
        if scenario.acceptsUnfitStable { terms.unfitStable = "stage" }
        let departure = Departure(rig: rig, run: Theatre.run, terms: terms)
        if let removal = scenario.removal {
            let plan = try await departure.surveyRemoval(
                flow, from: scenario.source, isForced: removal == .forced)
            guard let plan else { throw VoyageError(.nothingPlanned, place: scenario.name) }
            return try await expedition.begin(plan.charter)
        }
        // Sources and rights of somebody's own flow are not the lab's to answer for.
        let prospect = try await departure.prospect(
            flow, from: scenario.source, forOthers: scenario.given != nil)
        return try await expedition.begin(prospect.charter, signals: signals)
    }

    private func rig(_ life: Lifeline, _ calls: FaultPlan?) -> Rig {
        var time: any Timekeeper = MortalClock(theatre.clock, life)
        if let jump = mishap.jump {
            time = ShiftedClock(time) { $0 < jump.at ? 0 : jump.by }
        }
        var api: any HTTPTransport = MortalTransport(theatre.world, life, time: theatre.clock)
        if let calls { api = FaultyTransport(api, time: time, plan: calls) }
        let surroundings = surroundings(of: life)
        var outside: any HTTPTransport = WitnessTransport(
            inner: scenario.outside?(surroundings)
                ?? PeoplesServer(inner: theatre.world, time: theatre.clock, life: life), life: life)
        if let saboteur {
            let date = { @Sendable [theatre] in theatre.clock.date }
            time = saboteur.clock(time)
            api = saboteur.transport(api, date: date)
            outside = saboteur.transport(outside, date: date)
        }
        var pace = Pace()
        pace.inbox = .seconds(2)
        pace.poll = .seconds(2)
        var rig = Rig(
            cluster: Theatre.client(over: api, by: time),
            outside: outside,
            spawner: ScriptedSpawner(time: time, script: scenario.commands, life: life),
            environment: scenario.variables.map { .init(name: $0, value: "rehearsal") },
            time: time, pace: pace,
            readFile: { [scenario] _ in
                guard scenario.given != nil else { throw NoSuchFile() }
                return Array("rehearsal".utf8)
            },
            keepFile: { [self] text, path in note { $0.files[path] = text } })
        rig.sockets = PeoplesSockets(time: time)
        return rig
    }

    private func surroundings(of life: Lifeline) -> Scenario.Outside {
        Scenario.Outside(world: theatre.world, time: MortalClock(theatre.clock, life), life: life)
    }

    /// The journal as one process has it: one in the cluster dies with the road there.
    private func store(_ life: Lifeline, _ rig: Rig) -> any JournalStore {
        var store = theatre.store
        if scenario.keepsJournalInCluster { store = Theatre.journal(rig.cluster, theatre.flow) }
        if let saboteur { store = saboteur.store(store, theatre.plan) }
        if let faults = mishap.journal { store = FaultyJournal(inner: store, faults: faults) }
        return scenario.keepsJournalInCluster ? store : MortalJournal(inner: store, life: life)
    }

    private func expedition(_ rig: Rig, _ life: Lifeline, as holder: String) -> Expedition {
        var expedition = Expedition(
            rig: rig, store: store(life, rig), holder: holder,
            actor: "stage", version: "rehearsal",
            observe: { [self] note in self.note { $0.happenings.append(.write(note)) } },
            report: { [self] logged, _ in
                note {
                    $0.newest = logged.state
                    $0.reported[logged.sequence] = theatre.clock.date
                    $0.happenings.append(.fact(logged))
                }
                theatre.prompter.hear(logged.state)
            })
        if let understudy = scenario.understudy {
            let surroundings = surroundings(of: life)
            expedition.understudy = { understudy($0, surroundings) }
        }
        return expedition
    }
}
