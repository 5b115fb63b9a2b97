internal import CanaryEngine
internal import Chronicle
internal import ClusterJournal
internal import FlowFiles
internal import HTTPMessages
internal import Journal
internal import KubernetesAPI
internal import Lab
internal import Synchronization
internal import Timekeeping
internal import Voyage

/// What stands around the processes of one play and outlives every one of them.
struct Theatre: Sendable {
    static let run = "rehearsal-1"

    let turnable: TurnableWorld
    let world: LabWorld
    let clock: LabClock
    /// What those outside of the processes read, and where they leave wishes.
    let store: any JournalStore
    let prompter: Prompter
    let flow: Flow
    let plan: RunPlan
    /// The way to whoever drives.
    let helm = Helm()

    init(_ opening: LabState, _ scenario: Scenario, flow: Flow, plan: RunPlan) {
        turnable = TurnableWorld()
        clock = LabClock(turnable)
        world = LabWorld(opening, time: clock)
        store =
            scenario.keepsJournalInCluster
            ? Self.journal(Self.client(over: world, by: clock), flow) : MemoryJournal()
        prompter = Prompter(scenario.events, plan: plan)
        self.flow = flow
        self.plan = plan
    }

    static func client(over road: any HTTPTransport, by time: any Timekeeper) -> KubernetesClient {
        KubernetesClient(server: LabWorld.server, token: "lab", transport: road, time: time)
    }

    /// The world's own journal, as one process has it.
    static func journal(_ client: KubernetesClient, _ flow: Flow) -> ConfigMapJournal {
        ConfigMapJournal(
            client: client.patient(for: .seconds(120)), namespace: flow.target.namespace)
    }

    func perform(_ deed: Scenario.Event.Deed, after delay: Duration) async {
        guard (try? await clock.sleep(for: max(delay, .zero))) != nil else { return }
        switch deed {
        case .world(let change): world.reach { change(&$0) }
        case .signal(let kind): helm.signal(kind)
        case .wish(let kind):
            let wish = WishCodec.encode(kind, by: "stage")
            while (try? await store.post(wish, to: Self.run)) == nil {
                guard (try? await clock.sleep(for: .seconds(1))) != nil else { return }
            }
        }
    }

    /// The state that the journal ends with; nil where nothing was planned.
    func state() async -> RunState? {
        try? await RunLog(run: Self.run, store: store).last()?.state
    }
}

/// Signals to the process that drives; with nobody there they are lost.
final class Helm: Sendable {
    private let hands = Mutex<Signals?>(nil)

    func take(_ signals: Signals) { hands.withLock { $0 = signals } }

    func signal(_ kind: Wish.Kind) { hands.withLock { $0 }?.wish(kind, by: "stage") }
}
