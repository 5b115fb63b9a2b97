import CanaryEngine
import Chronicle
import FlowFiles
import HTTPMessages
import JSONTree
import Journal
import KubernetesAPI
import Lab
import Manifests
import Testing
import Timekeeping
import Voyage

@testable import Foresight
@testable import Rehearsal

/// One scenario of the repertoire, planned in one world and carried out in another like it.
struct PlannedAndDone {
    let scenario: Scenario
    let flow: Flow

    static let run = "delivery-7"

    init(_ scenario: Scenario) throws {
        self.scenario = scenario
        flow = try FlowReader.read(scenario.source)
    }

    fileprivate var terms: Departure.Terms {
        var terms = Departure.Terms()
        if scenario.acceptsUnfitStable { terms.unfitStable = "somebody" }
        terms.remembersInCluster = scenario.keepsJournalInCluster
        return terms
    }

    /// What was planned, and every version that the looked-at world stored meanwhile.
    struct Planned: Sendable {
        let plan: DeliveryPlan
        let written: [StoredVersion]
    }

    func planned() throws -> Planned {
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(try scenario.world.begin(date: clock.date), time: clock)
        let lookout = Lookout()
        let rig = rig(lookout.through(world, to: LabWorld.server), world, clock)
        let before = world.history().count
        let forecast = Forecast(rig: rig, lookout: lookout, terms: terms)
        let (flow, source) = (flow, scenario.source)
        let plan = try turnable.run { try await forecast.plan(flow, from: source) }
        return Planned(
            plan: plan,
            written: world.history().dropFirst(before).filter { $0.manager == "theseus" })
    }

    /// The same flow, carried out by the binary's own rooms, with tests and gates that really run.
    func done(in state: LabState? = nil) throws -> PlayedDay {
        let stage = try Stand(self, state)
        let end = try stage.deliver()
        return PlayedDay(
            notes: stage.scribe.notes, history: stage.world.history(), lasted: stage.clock.now,
            files: [], end: end)
    }

    /// Why it does not begin, and how often it had written by then.
    func refusal(in state: LabState) throws -> (said: String, writes: Int) {
        let stage = try Stand(self, state)
        var said = ""
        do { _ = try stage.deliver() } catch { said = "\(error)" }
        return (said, stage.scribe.notes.entries.filter { $0.path.group != Self.reviews }.count)
    }

    private static let reviews = "authorization.k8s.io"

    /// One world in which the flow is delivered.
    private struct Stand: Sendable {
        let turnable = TurnableWorld()
        let clock: LabClock
        let world: LabWorld
        let scribe: Scribe
        let of: PlannedAndDone

        init(_ of: PlannedAndDone, _ state: LabState?) throws {
            self.of = of
            clock = LabClock(turnable)
            var state = state
            if state == nil { state = try of.scenario.world.begin(date: clock.date) }
            world = LabWorld(try #require(state), time: clock)
            scribe = Scribe(world, to: LabWorld.server)
        }

        func deliver() throws -> RunState {
            let scribe = scribe
            let rig = of.rig(scribe, world, clock)
            let isKeptHere = of.scenario.keepsJournalInCluster
            let store: any JournalStore =
                isKeptHere
                ? ConfigMaps.journal(rig.cluster, of.flow.target.namespace) : MemoryJournal()
            let (flow, source, terms) = (of.flow, of.scenario.source, of.terms)
            let signals = Signals()
            let expedition = Expedition(
                rig: rig, store: store, isKeptHere: isKeptHere, holder: "test",
                actor: "test", version: "test",
                report: { logged, charter in
                    scribe.turn(to: charter.flow.plan.chapter(logged.state))
                    if Standing(logged.state, charter.flow.plan).isApproving {
                        signals.wish(.approve, by: "test")
                    }
                })
            return try turnable.run {
                let charter = try await Departure(rig: rig, run: PlannedAndDone.run, terms: terms)
                    .survey(flow, from: source)
                return try await expedition.begin(charter, signals: signals).end.get()
            }
        }
    }

    fileprivate func rig(_ way: any HTTPTransport, _ world: LabWorld, _ clock: LabClock) -> Rig {
        let life = Lifeline()
        var rig = Rig(
            cluster: KubernetesClient(
                server: LabWorld.server, token: "lab", transport: way, time: clock),
            outside: PeoplesServer(inner: world, time: clock, life: life),
            spawner: ScriptedSpawner(time: clock, script: scenario.commands, life: life),
            time: clock, keepFile: { _, _ in })
        rig.sockets = PeoplesSockets(time: clock)
        return rig
    }
}

/// A write as two runs of one plan have it in common.
struct Likened: Hashable, CustomStringConvertible {
    let chapter: PlannedWrite.Chapter
    let verb: PlannedWrite.Verb
    let reference: ObjectReference
    let before: KubernetesObject?
    let after: KubernetesObject?

    init(_ write: PlannedWrite, run: String) {
        chapter = write.chapter
        verb = write.verb
        reference = Blanks.reference(of: write)
        before = write.before.map { Blanks.blanked($0, run: run) }
        after = write.after.map { Blanks.blanked($0, run: run) }
    }

    var description: String { "\(chapter): \(verb.rawValue) \(reference)" }

    /// What differs, for people.
    func differences(from other: Likened?) -> [String] {
        guard let other else { return ["\(self), and nothing"] }
        guard "\(self)" == "\(other)" else { return ["\(self), and \(other)"] }
        return [(before, other.before), (after, other.after)].flatMap { mine, theirs in
            TreeDifference.between(mine?.tree.canonical, theirs?.tree.canonical)
                .map { "\(self): \($0)" }
        }
    }
}
