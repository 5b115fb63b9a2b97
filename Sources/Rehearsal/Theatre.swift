internal import CanaryEngine
internal import Chronicle
internal import Journal
internal import Lab
internal import Timekeeping

/// What stands around the processes of one play and outlives every one of them.
struct Theatre: Sendable {
    static let run = "rehearsal-1"

    let turnable: TurnableWorld
    let world: LabWorld
    let clock: LabClock
    let store: MemoryJournal
    let prompter: Prompter
    let plan: RunPlan

    init(_ opening: LabState, _ events: [Scenario.Event], plan: RunPlan) {
        turnable = TurnableWorld()
        clock = LabClock(turnable)
        world = LabWorld(opening, time: clock)
        store = MemoryJournal()
        prompter = Prompter(events, plan: plan)
        self.plan = plan
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
