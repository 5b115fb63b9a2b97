/// Tests that are called at the moments of a run's life.
///
/// The first four decide, as a step's tests do: one that fails turns the run round. The others only
/// tell: whatever comes of them, the run goes on. They are called at least once, after a crash again,
/// with the same Idempotency-Key.
package struct LifeHooks: Hashable, Sendable {
    package enum Moment: String, Hashable, Sendable, CaseIterable {
        /// Before anything is copied or written.
        case start
        case beforeWeight
        /// Once the mesh shows the weight, or it is trusted.
        case afterWeight
        /// Before the last look that the promotion is decided by.
        case beforePromotion
        case promoted
        /// At the very end of the way home.
        case rolledBack
        case personNeeded
        /// A step of its own.
        case notify

        /// Nothing waits for what comes of it.
        package var onlyTells: Bool {
            switch self {
            case .start, .beforeWeight, .afterWeight, .beforePromotion: false
            case .promoted, .rolledBack, .personNeeded, .notify: true
            }
        }

        /// Before the run has touched anything, or when it has let go of everything.
        package var isOutside: Bool {
            switch self {
            case .start, .promoted, .rolledBack, .personNeeded: true
            case .beforeWeight, .afterWeight, .beforePromotion, .notify: false
            }
        }
    }

    private var calls: [Moment: [TestCall]] = [:]

    package init() {}

    package subscript(moment: Moment) -> [TestCall] {
        get { calls[moment] ?? [] }
        set { calls[moment] = newValue.isEmpty ? nil : newValue }
    }

    func tests(_ moment: Moment) -> [Leg] { self[moment].map(Leg.test) }

    func tellings(_ moment: Moment) -> [Leg] { self[moment].map(Leg.tell) }
}

extension RunPlan {
    /// The test that an order of the run calls; nil: it calls none.
    package func call(of id: OrderID, in state: RunState) -> TestCall? {
        let legs: [Leg] =
            switch id.course {
            case .forward, .asking, .paused: legs(ofStep: id.step)
            case .home: state.wayHome(self)
            case .closing: legsOfClosing
            case .stopped: hooks.tellings(.personNeeded)
            }
        guard legs.indices.contains(id.leg) else { return nil }
        switch (legs[id.leg], id.lane) {
        case (.test(let call), .main), (.tell(let call), .main): return call
        case (.tests(let calls), .test(let place)):
            return calls.indices.contains(place) ? calls[place] : nil
        case (.bake(let bake), .test(let place)):
            return bake.tests.indices.contains(place) ? bake.tests[place] : nil
        default: return nil
        }
    }

    /// The moment of whose life a leg's test is called; nil: it is a step's own.
    package func moment(of id: OrderID) -> LifeHooks.Moment? {
        switch id.course {
        case .home: return .rolledBack
        case .closing: return .promoted
        case .stopped: return .personNeeded
        case .forward, .asking, .paused: break
        }
        guard steps.indices.contains(id.step) else { return .beforePromotion }
        switch steps[id.step] {
        case .backup: return .start
        case .weight:
            let legs = legs(ofStep: id.step)
            let shift = legs.firstIndex { if case .shift = $0 { true } else { false } }
            return id.leg < shift ?? 0 ? .beforeWeight : .afterWeight
        case .notify: return .notify
        case .retire: return .beforePromotion
        case .deploy, .route, .reach, .test, .tests, .autoscale, .scale, .drill, .mirror, .sticky,
            .bake, .gate, .approve, .pause, .shrink:
            return nil
        }
    }
}
