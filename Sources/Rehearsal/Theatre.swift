internal import CanaryEngine
internal import Chronicle
internal import ClusterJournal
internal import HTTPMessages
internal import Journal
internal import KubernetesAPI
internal import Lab
internal import Timekeeping

/// What stands around the processes of one play and outlives every one of them.
struct Theatre: Sendable {
    static let run = "rehearsal-1"

    let turnable: TurnableWorld
    let world: LabWorld
    let clock: LabClock
    /// What those outside of the processes read, and where they leave wishes.
    let store: any JournalStore
    let prompter: Prompter
    let plan: RunPlan

    init(_ opening: LabState, _ scenario: Scenario, plan: RunPlan) {
        turnable = TurnableWorld()
        clock = LabClock(turnable)
        world = LabWorld(opening, time: clock)
        store =
            scenario.keepsJournalInCluster
            ? Self.journal(Self.client(over: world, by: clock)) : MemoryJournal()
        prompter = Prompter(scenario.events, plan: plan)
        self.plan = plan
    }

    static func client(over road: any HTTPTransport, by time: any Timekeeper) -> KubernetesClient {
        KubernetesClient(server: LabWorld.server, token: "lab", transport: road, time: time)
    }

    /// The world's own journal, as one process has it.
    static func journal(_ client: KubernetesClient) -> ConfigMapJournal {
        ConfigMapJournal(client: client.patient(for: .seconds(120)), namespace: "demo")
    }

    func perform(_ deed: Scenario.Event.Deed, after delay: Duration) async {
        guard (try? await clock.sleep(for: max(delay, .zero))) != nil else { return }
        switch deed {
        case .world(let change): world.reach { change(&$0) }
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
