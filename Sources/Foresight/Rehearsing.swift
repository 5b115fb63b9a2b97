internal import CanaryEngine
internal import Chronicle
internal import ClusterJournal
internal import FlowFiles
internal import HTTPMessages
internal import Journal
internal import KubernetesAPI
internal import Lab
internal import Manifests
internal import Processes
internal import Synchronization
internal import Timekeeping
internal import Voyage

/// The good day of one charter, played in a likeness of its cluster.
struct Rehearsing: Sendable {
    let charter: RunCharter
    let likening: Likening
    /// As the run itself will be paced.
    let pace: Pace
    /// The journal is kept in the cluster: its writes are calls like any other.
    let remembersInCluster: Bool

    /// Blocks the thread that it runs on.
    func play() throws -> PlayedDay {
        let turnable = TurnableWorld()
        let clock = LabClock(turnable)
        let world = LabWorld(likening.state, time: clock)
        let scribe = Scribe(world, to: LabWorld.server)
        let files = Mutex<[PlayedDay.File]>([])
        let happenings = Happenings()
        let rig = Rig(
            cluster: KubernetesClient(
                server: LabWorld.server, token: "lab", transport: scribe, time: clock),
            outside: Nowhere(), spawner: NoPrograms(), time: clock, pace: pace,
            keepFile: { text, path in
                files.withLock { $0.append(PlayedDay.File(path: path, text: text)) }
            })
        let plan = charter.flow.plan
        let limit = (plan.longestForward + plan.longestHome) * 2 + .seconds(86_400)
        let end = try turnable.run(atMost: limit) {
            try await drive(rig, world, scribe, happenings)
        }
        return PlayedDay(
            notes: scribe.notes, history: world.history(), lasted: clock.now,
            files: files.withLock { $0 }, happenings: happenings.all, end: end)
    }

    private func drive(
        _ rig: Rig, _ world: LabWorld, _ scribe: Scribe, _ happenings: Happenings
    ) async throws -> RunState {
        let signals = Signals()
        let plan = charter.flow.plan
        var expedition = Expedition(
            rig: rig, store: store(rig), isKeptHere: remembersInCluster, holder: "plan",
            actor: "plan", version: "plan",
            observe: { note in
                guard note.outcome == .applied else { return }
                happenings.note(
                    .write(verb: note.verb.rawValue, object: "\(note.reference)"))
            },
            report: { logged, _ in
                happenings.note(.fact(logged.fact, leadingTo: logged.state))
                scribe.turn(to: plan.chapter(logged.state))
                if plan.isApproving(logged.state) { signals.wish(.approve, by: "plan") }
                if case .stepBegun(let id) = logged.fact { letGo(step: id.step, world) }
            })
        let (flow, time, pace) = (charter.flow, rig.time, rig.pace)
        expedition.understudy = { FairWeather(crew: $0, flow: flow, time: time, pace: pace) }
        switch try await expedition.begin(charter, signals: signals).end {
        case .success(let state): return state
        case .failure(let stranding):
            throw ForesightError(.badDay("\(stranding)"), place: charter.target)
        }
    }

    private func store(_ rig: Rig) -> any JournalStore {
        guard remembersInCluster else { return MemoryJournal() }
        return ConfigMapJournal(
            client: rig.cluster.patient(for: rig.pace.patience),
            namespace: charter.flow.target.namespace)
    }

    private func letGo(step: Int, _ world: LabWorld) {
        guard let stable = charter.stable, case .shrink = charter.flow.plan.steps[step] else {
            return
        }
        let namespace = charter.flow.target.namespace
        world.reach { likening.letGo(of: stable.deployment, in: namespace, &$0) }
    }
}

extension RunPlan {
    fileprivate func isApproving(_ state: RunState) -> Bool {
        guard case .advancing(let place) = state.course, steps.indices.contains(place.step),
            case let legs = legs(ofStep: place.step), legs.indices.contains(place.leg),
            case .approve = legs[place.leg]
        else { return false }
        return true
    }
}

/// What happens on the day, in order.
private final class Happenings: Sendable {
    private let noted = Mutex<[PlayedDay.Happening]>([])

    var all: [PlayedDay.Happening] { noted.withLock { $0 } }

    func note(_ happening: PlayedDay.Happening) { noted.withLock { $0.append(happening) } }
}

/// Nothing is out there: whoever would be asked is answered for by the fair weather.
private struct Nowhere: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        throw HTTPFailure(.refused, reached: .never, place: request.place)
    }
}

private struct NoPrograms: ProcessSpawner {
    func run(_ job: ProcessJob) async throws(ProcessFailure) -> ProcessEnd {
        throw ProcessFailure(
            .notExecutable, place: job.arguments.first ?? "", detail: "a plan runs no programs")
    }
}
