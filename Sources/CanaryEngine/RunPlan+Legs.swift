extension RunPlan {
    /// Decided only where the candidate's pods carry everybody and are what was judged, right then.
    private var promotion: [Leg] {
        if isRemoval { return [.makeWay, .decidePromotion] }
        return hooks.tests(.beforePromotion) + [.prepare(.all), .decidePromotion]
    }

    /// What the step at `index` consists of.
    ///
    /// Behind the last step stands the decision to promote.
    package func legs(ofStep index: Int) -> [Leg] {
        guard steps.indices.contains(index) else { return promotion }
        let settle = Leg.settle(limits.settle)
        switch steps[index] {
        case .backup:
            return [.begin] + hooks.tests(.start) + [.backUp] + (isGuarded ? [.postGuard] : []) + [
                .holdStable
            ]
        case .deploy(let deadline):
            return [
                .begin, .pinSubset, settle, .pinRoutes, settle, .applyCandidate,
                .awaitReady(deadline: deadline),
            ] + darkness(before: index)
        case .route:
            return [.begin, .addCandidateSubset, settle, .addDarkRoute, settle]
        case .reach(let deadline, let every):
            return [.begin, .reach(deadline: deadline, every: every)]
        case .test(let call):
            return [.begin, .test(call)]
        case .tests(let calls):
            return [.begin, .tests(calls)]
        case .notify(let call):
            return [.begin, .tell(call)]
        case .autoscale:
            return [.begin, .autoscale]
        case .scale(let part):
            return [.begin, .prepare(part)]
        case .drill(let within):
            return [.begin] + legsOfFirstWeight(at: index) + [
                .prepare(load(of: .least, atStep: index)), .shift(.least), .observe(.least),
                .rehearseHome(within: within), .observe(.none),
            ]
        case .weight(let weight):
            return [.begin] + hooks.tests(.beforeWeight) + legsOfFirstWeight(at: index) + [
                .prepare(load(of: weight, atStep: index)), .shift(weight), .observe(weight),
            ] + hooks.tests(.afterWeight)
        case .mirror(let part):
            return [.begin] + darkness(before: index) + [.prepare(part), .mirror(part), settle]
        case .sticky(let stickiness):
            return [.begin, .stick(stickiness)]
        case .bake(let bake):
            return [.begin, .bake(bake)]
        case .gate(let name):
            return [.begin, .judge(gate: name)]
        case .approve(let timeout):
            return [.begin, .approve(timeout: timeout)]
        case .pause(let duration):
            return [.begin, .pause(duration)]
        case .shrink(let minimum):
            return [.begin, .shrink(minimum: minimum), .awaitShrunk]
        case .retire:
            return (writesBack ? [.begin, .writeBack, .awaitWrittenBack] : []) + promotion
        }
    }

    /// Whatever comes before the first share of users, once.
    ///
    /// Without a dark route the first weight is the first that names the candidate's subset.
    private func legsOfFirstWeight(at index: Int) -> [Leg] {
        guard !hasShifted(begun: index) else { return [] }
        let isNamed = steps.prefix(index).contains(.route)
        return darkness(before: index)
            + (isNamed ? [] : [.addCandidateSubset, .settle(limits.settle)])
    }

    /// What the candidate may have to carry at a weight.
    ///
    /// More than the weight where users stay with what they met: whoever has not met the candidate
    /// yet is divided anew at every rise, and who has comes on top; of all the rises that were, each
    /// has added its part. A drill's are among them, since their cookies are still good.
    package func load(of weight: TrafficWeight, atStep index: Int) -> TrafficWeight {
        var share = 0
        var isSticky = false
        func rise(to weight: TrafficWeight) {
            let old = isSticky ? share : 0
            share = old + ((100 - old) * weight.percent + 99) / 100
        }
        for step in steps.prefix(index) {
            switch step {
            case .sticky: isSticky = true
            case .weight(let weight): rise(to: weight)
            case .drill: if isSticky { rise(to: .least) } else { share = 0 }
            case .backup, .deploy, .route, .reach, .test, .tests, .notify, .autoscale, .scale,
                .mirror, .bake, .gate, .approve, .pause, .shrink, .retire:
                continue
            }
        }
        rise(to: weight)
        return TrafficWeight(percent: share) ?? .all
    }

    /// Until requests of users are led or copied to the candidate, nobody's may meet it; a first
    /// release has no stable version to hide behind.
    private func darkness(before index: Int) -> [Leg] {
        let isCopied = steps.prefix(index).contains { if case .mirror = $0 { true } else { false } }
        return isFirstRelease || isCopied || hasShifted(begun: index) ? [] : [.seeDark]
    }

    /// The way home from a run of which the first `begun` steps had begun.
    ///
    /// Undoes each of them; unpinning comes after the candidate's pods are gone, so that dark stays
    /// dark.
    package func legsHome(begun: Int) -> [Leg] {
        let done = steps.prefix(begun)
        func hasBegun(_ isMeant: (Step) -> Bool) -> Bool { done.contains(where: isMeant) }
        let routed = hasBegun { $0 == .route }
        let deployed = hasBegun { if case .deploy = $0 { true } else { false } }
        let shifted =
            hasShifted(begun: begun) || hasBegun { if case .mirror = $0 { true } else { false } }
        var legs: [Leg] = []
        if shifted { legs += [.goHome, .seeHome] }
        if routed { legs += [.removeDarkRoute] }
        if routed || shifted { legs += [.settle(limits.settle)] }
        if deployed { legs += [.drainCandidate, .removeCandidate] }
        if routed || shifted { legs += [.removeCandidateSubset] }
        if deployed { legs += [.unpin, .settle(limits.settle)] }
        if begun > 0 { legs += [.restoreStable, .tidy, .verifyHome] }
        // Whoever is told that it is rolled back must find it so.
        legs += hooks.tellings(.rolledBack)
        if begun > 0 { legs += dismissal }
        return legs
    }

    /// Whether a step that gives the candidate users' traffic is among the first `begun`.
    package func hasShifted(begun: Int) -> Bool {
        steps.prefix(begun).contains {
            switch $0 {
            case .drill, .weight: true
            case .backup, .deploy, .route, .reach, .test, .tests, .notify, .autoscale, .scale,
                .mirror, .sticky, .bake, .gate, .approve, .pause, .shrink, .retire:
                false
            }
        }
    }

    /// What is left to do once promotion is decided: only forward from here.
    package var legsOfClosing: [Leg] {
        if isRemoval { return legsOfRemoval }
        let hasRoute = steps.contains(.route)
        let settle = Leg.settle(limits.settle)
        var legs: [Leg] = hasRoute ? [.removeDarkRoute, settle] : []
        if steps.contains(.retire) || isFirstRelease {
            legs += [.dropStableRoute, settle, .drainStable, .removeStable, .removeStableSubset]
        }
        return legs + [.tidy] + hooks.tellings(.promoted) + dismissal
    }

    /// Users first, then everything that leads to the candidate, then the candidate.
    private var legsOfRemoval: [Leg] {
        let settle = Leg.settle(limits.settle)
        return [
            .pinSubset, settle, .goHome, .seeHome, .removeDarkRoute, settle, .drainCandidate,
            .removeCandidate, .removeCandidateSubset, .unpin, settle, .tidy,
        ] + dismissal
    }

    /// Last of all: until then a run without a holder is the guard's to end.
    private var dismissal: [Leg] { isGuarded ? [.dismissGuard] : [] }

    /// The gates that go on while a person is asked or the run pauses: those of the last bake.
    package func standingGates(before index: Int) -> [String] {
        for step in steps.prefix(index).reversed() {
            if case .bake(let bake) = step { return bake.gates }
        }
        return []
    }
}
