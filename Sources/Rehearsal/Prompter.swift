internal import CanaryEngine
internal import Chronicle
internal import Lab
internal import Synchronization

/// Lets happen what a scenario tells, at its moment, whoever drives then.
final class Prompter: Sendable {
    private struct Cue: Sendable {
        let after: Duration
        let deed: Scenario.Event.Deed
    }

    private let plan: RunPlan
    private let waiting: Mutex<[Scenario.Event]>
    private let timed: [Scenario.Event]
    private let cues: AsyncStream<Cue>
    private let caller: AsyncStream<Cue>.Continuation

    init(_ events: [Scenario.Event], plan: RunPlan) {
        self.plan = plan
        timed = events.filter { if case .at = $0.moment { true } else { false } }
        waiting = Mutex(events.filter { if case .upon = $0.moment { true } else { false } })
        (cues, caller) = AsyncStream.makeStream()
    }

    /// The run stands elsewhere: whatever waited for that is called.
    func hear(_ state: RunState) {
        if waiting.withLock(\.isEmpty) { return }
        let standing = Standing(state, plan)
        let called = waiting.withLock { waiting -> [Cue] in
            var called: [Cue] = []
            waiting.removeAll { event in
                guard case .upon(let after, let isMeant) = event.moment, isMeant(standing) else {
                    return false
                }
                called.append(Cue(after: after, deed: event.deed))
                return true
            }
            return called
        }
        for cue in called { caller.yield(cue) }
    }

    /// Returns when it is called off.
    func prompt(on theatre: Theatre) async {
        await withDiscardingTaskGroup { group in
            for event in timed {
                guard case .at(let moment) = event.moment else { continue }
                group.addTask {
                    await theatre.perform(event.deed, after: moment - theatre.clock.now)
                }
            }
            for await cue in cues {
                group.addTask { await theatre.perform(cue.deed, after: cue.after) }
            }
        }
    }
}
