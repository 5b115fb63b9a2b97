import CanaryEngine
import Testing
import Workloads

@testable import Voyage

/// When stable is looked at, beside lists of pods that are made anyway.
@Suite struct StableMemoryTests {
    private static let half = StableNeeds(
        share: TrafficWeight(percent: 50) ?? .all, ofStableReady: 3, isHeld: true)

    @Test func needsWhatItsShareSays() {
        #expect(Self.half.pods == 2)
        #expect(Self.half.held == 3)
        let none = StableNeeds(share: .none, ofStableReady: 3, isHeld: false)
        #expect(none.pods == 0)
        #expect(none.held == nil)
    }

    /// As long as no pod of stable's goes, nothing more is asked.
    @Test func aPodThatGoesIsNews() {
        let memory = StableMemory()
        func due(_ pods: Int) -> StableMemory.Look {
            memory.due(Self.half, pods: pods, at: .zero)
        }
        #expect(due(3) == .nothing)
        #expect(due(5) == .nothing)
        #expect(due(4) == .both)
        // It is news until somebody has looked.
        #expect(due(4) == .both)
        memory.stands(pods: 4, at: .zero)
        #expect(due(4) == .nothing)
        #expect(due(3) == .both)
    }

    /// A run that somebody takes up measures by what is held.
    @Test func whoComesNewMeasuresByTheHold() {
        #expect(StableMemory().due(Self.half, pods: 2, at: .zero) == .both)
    }

    @Test func withoutAListTheDeploymentIsLookedAtNowAndThen() {
        let memory = StableMemory()
        func due(_ seconds: Int) -> StableMemory.Look {
            memory.due(Self.half, pods: nil, at: .seconds(seconds))
        }
        #expect(due(0) == .deployment)
        memory.stands(pods: nil, at: .zero)
        #expect(due(5) == .nothing)
        #expect(due(10) == .deployment)
    }
}
