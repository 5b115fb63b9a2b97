/// The smallest stretch of a run: one thing to do or to wait for, safe to begin again.
package enum Leg: Hashable, Sendable {
    // Bookkeeping: answered by the driver itself.
    /// Records that the step begins, before its first write.
    case begin
    /// The point of no return.
    case decidePromotion

    // Forward.
    case backUp
    /// Leaves a guard in the cluster, who ends the run should nobody else.
    case postGuard
    /// Puts our seal on what the run may write, and holds stable's autoscaler minimum.
    case holdStable
    case pinSubset
    case pinRoutes
    /// Nothing but time, until every proxy has heard.
    case settle(Duration)
    case applyCandidate
    /// Waits for the candidate's pods, and takes down what they consist of.
    case awaitReady(deadline: Duration)
    /// Stands still, and looks whether anybody meets the candidate.
    case seeDark
    case addCandidateSubset
    case addDarkRoute
    /// Copies a part of the users' requests to the candidate; nobody waits for its answers.
    case mirror(TrafficWeight)
    /// From the first weight on users stay with the version that they met.
    case stick(Stickiness)
    case reach(deadline: Duration, every: Duration)
    case test(TestCall)
    /// Several at the same time.
    case tests([TestCall])
    case autoscale
    /// Raises the candidate's floor to what the weight needs, awaits it, and sees that the candidate
    /// still is what was judged.
    case prepare(TrafficWeight)
    case shift(TrafficWeight)
    /// Looks until the mesh shows the weight.
    case observe(TrafficWeight)
    /// The drill's way home.
    case rehearseHome(within: Duration)
    case bake(Bake)
    case judge(gate: String)
    case approve(timeout: Duration)
    case pause(Duration)
    case shrink(minimum: Int)
    case awaitShrunk
    /// Sees that the candidate may go, and that what stays has room for everybody.
    case makeWay
    /// Writes what a GitOps tool's source must say from now on.
    case writeBack
    /// Until the tool has applied it.
    case awaitWrittenBack

    // The way home.
    case goHome
    case seeHome
    case removeDarkRoute
    case drainCandidate
    case removeCandidate
    case removeCandidateSubset
    case unpin
    case restoreStable
    case verifyHome

    // The way home, and closing.
    case dismissGuard

    // Anywhere.
    /// Calls a hook; whatever comes of it, the run goes on.
    case tell(TestCall)

    // Closing.
    case dropStableRoute
    case drainStable
    case removeStable
    case removeStableSubset
    case tidy
}

/// What the machine makes of a leg that has used up its time.
enum Lateness {
    /// Forward: go home. Otherwise: a person is needed.
    case fails
    /// The time was all that the leg waited for, or it is not worth more.
    case goesOn
}

extension Leg {
    /// Every leg has a deadline; this is it.
    package func limit(_ limits: Limits) -> Duration {
        switch self {
        case .begin, .decidePromotion: limits.write
        case .settle(let duration), .pause(let duration): duration
        case .awaitReady(let deadline), .reach(let deadline, _): deadline
        // The test's own limit comes first: a test that hangs has failed, and may be tried again.
        case .test(let call):
            call.timeout + .seconds(30) + call.wait(before: call.attempts - 1)
        case .tests(let calls): calls.map(Self.whole).max() ?? limits.write
        case .tell(let call): Self.whole(call)
        case .prepare, .awaitShrunk, .makeWay: limits.capacity
        case .awaitWrittenBack: limits.writeBack
        // Pods may take their whole grace period, and stable goes only once the candidate carries all.
        case .removeCandidate, .dropStableRoute, .removeStable: limits.capacity
        case .observe, .seeHome: limits.observe
        case .seeDark: limits.darkness
        case .rehearseHome(let within): within
        case .bake(let bake): bake.longest
        case .approve(let timeout): timeout
        case .goHome, .restoreStable: limits.home
        case .drainCandidate, .drainStable: limits.drain
        case .backUp, .postGuard, .dismissGuard, .holdStable, .pinSubset, .pinRoutes,
            .applyCandidate, .addCandidateSubset,
            .addDarkRoute, .mirror, .stick, .autoscale, .shift, .writeBack, .judge, .shrink,
            .removeDarkRoute, .removeCandidateSubset, .unpin, .verifyHome, .removeStableSubset,
            .tidy:
            limits.write
        }
    }

    /// All of a test's tries, with the waits between them.
    private static func whole(_ call: TestCall) -> Duration {
        (0..<max(1, call.attempts)).reduce(.seconds(30)) {
            $0 + call.timeout + call.wait(before: $1)
        }
    }

    var lateness: Lateness {
        switch self {
        case .settle, .pause, .observe, .seeHome, .seeDark, .drainCandidate, .drainStable, .tell:
            .goesOn
        case .begin, .decidePromotion, .backUp, .postGuard, .dismissGuard, .holdStable, .pinSubset,
            .pinRoutes,
            .applyCandidate, .awaitReady, .addCandidateSubset, .addDarkRoute, .mirror, .stick,
            .reach, .test, .tests,
            .autoscale, .prepare, .makeWay, .shift, .rehearseHome, .writeBack, .awaitWrittenBack,
            .bake,
            .judge, .approve, .shrink,
            .awaitShrunk, .goHome, .removeDarkRoute, .removeCandidate,
            .removeCandidateSubset, .unpin, .restoreStable, .verifyHome, .dropStableRoute,
            .removeStable,
            .removeStableSubset, .tidy:
            .fails
        }
    }
}
