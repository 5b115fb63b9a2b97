extension RunState {
    /// What must be done while we stand here.
    ///
    /// A restart simply asks again.
    package func orders(_ plan: RunPlan) -> [Order] {
        switch course {
        case .advancing(let place):
            return forward(place, plan)
        case .asking(let place):
            let limit = Deadline(start: place.entered, limit: plan.limits.pause)
            return [order(.asking, place, .deadline, .wait(limit))]
                + standing(.asking, place, plan)
        case .paused(let place, _):
            let limit = Deadline(start: place.entered, limit: plan.limits.pause)
            return [order(.paused, place, .deadline, .wait(limit))]
                + standing(.paused, place, plan)
        case .returning(let way):
            return plain(.home, way.place, wayHome(plan), plan)
        case .closing(let place):
            return plain(.closing, place, plan.legsOfClosing, plan)
        case .personNeeded(let trouble):
            return trouble.calling.map {
                plain(.stopped, $0, plan.hooks.tellings(.personNeeded), plan)
            } ?? []
        case .promoted, .rolledBack:
            return []
        }
    }

    /// Whether the cluster's objects carry this release's marks, by what is remembered: from its second
    /// step on, until the leg that takes them off.
    package func isMarked(_ plan: RunPlan) -> Bool {
        func stands(_ place: Progress, in legs: [Leg]) -> Bool {
            legs.firstIndex(of: .tidy).map { place.leg < $0 } ?? false
        }
        guard begun > 1, !plan.isRemoval else { return false }
        return switch course {
        case .advancing, .asking, .paused: true
        case .returning(let way): stands(way.place, in: wayHome(plan))
        case .closing(let place): stands(place, in: plan.legsOfClosing)
        case .personNeeded, .promoted, .rolledBack: false
        }
    }

    /// Whether a fact that answers this order still means something.
    package func isListening(for id: OrderID, _ plan: RunPlan) -> Bool {
        orders(plan).contains { $0.id == id }
    }

    private func forward(_ place: Progress, _ plan: RunPlan) -> [Order] {
        let legs = plan.legs(ofStep: place.step)
        guard legs.indices.contains(place.leg) else { return [] }
        switch legs[place.leg] {
        case .bake(let bake):
            return baking(bake, place, plan)
        case .approve, .pause:
            return plain(.forward, place, legs, plan) + standing(.forward, place, plan)
        case .begin, .decidePromotion:
            return [order(.forward, place, .main, .carryOut(legs[place.leg]))]
        case .tests(let calls):
            return testing(calls, place, legs, plan)
        case .test, .tell, .judge, .observe, .prepare, .shrink, .awaitShrunk, .autoscale,
            .settle, .awaitReady, .seeDark, .reach:
            return plain(.forward, place, legs, plan) + watching(.forward, place, plan)
        case .backUp, .postGuard, .dismissGuard, .holdStable, .pinSubset, .pinRoutes,
            .applyCandidate,
            .addCandidateSubset, .addDarkRoute, .mirror, .stick, .shift, .makeWay,
            .writeBack,
            .awaitWrittenBack, .rehearseHome,
            .goHome, .seeHome,
            .removeDarkRoute, .drainCandidate, .removeCandidate, .removeCandidateSubset, .unpin,
            .restoreStable, .verifyHome, .dropStableRoute, .drainStable, .removeStable,
            .removeStableSubset, .tidy:
            return plain(.forward, place, legs, plan)
        }
    }

    /// The leg itself, beside its deadline.
    ///
    /// Legs that only wait have no other order.
    private func plain(
        _ course: OrderID.Course, _ place: Progress, _ legs: [Leg], _ plan: RunPlan
    ) -> [Order] {
        guard legs.indices.contains(place.leg) else { return [] }
        let leg = legs[place.leg]
        let limit = Deadline(start: place.entered, limit: leg.limit(plan.limits))
        let deadline = order(course, place, .deadline, .wait(limit))
        switch leg {
        case .settle, .pause, .approve:
            return [deadline]
        case .test(let call):
            return [
                order(course, place, .main, .test(call, round: 0), call.repetition), deadline,
            ]
        case .tell(let call):
            return [
                order(course, place, .main, .test(call, round: 0), call.repetition), deadline,
            ]
        case .begin, .decidePromotion, .backUp, .postGuard, .dismissGuard, .holdStable, .tests,
            .pinSubset, .pinRoutes,
            .applyCandidate, .awaitReady, .seeDark, .addCandidateSubset, .addDarkRoute, .mirror,
            .stick,
            .reach, .writeBack, .awaitWrittenBack, .autoscale,
            .prepare, .makeWay, .shift, .observe, .rehearseHome, .bake, .judge, .shrink,
            .awaitShrunk,
            .goHome, .seeHome, .removeDarkRoute, .drainCandidate, .removeCandidate,
            .removeCandidateSubset, .unpin, .restoreStable, .verifyHome, .dropStableRoute,
            .drainStable, .removeStable, .removeStableSubset, .tidy:
            return [order(course, place, .main, .carryOut(leg)), deadline]
        }
    }

    /// Those that have not passed yet, each at its own try.
    private func testing(
        _ calls: [TestCall], _ place: Progress, _ legs: [Leg], _ plan: RunPlan
    ) -> [Order] {
        let limit = Deadline(start: place.entered, limit: legs[place.leg].limit(plan.limits))
        var orders = [order(.forward, place, .deadline, .wait(limit))]
        for (index, call) in calls.enumerated() {
            let rounds = place.tally.rounds[index] ?? BakeTally.Rounds()
            guard rounds.passed == 0 else { continue }
            var here = place
            here.attempt = rounds.finished
            orders.append(
                order(.forward, here, .test(index), .test(call, round: 0), call.repetition))
        }
        return orders + watching(.forward, place, plan)
    }

    private func baking(_ bake: Bake, _ place: Progress, _ plan: RunPlan) -> [Order] {
        var orders = [
            order(
                .forward, place, .longest,
                .wait(Deadline(start: place.entered, limit: bake.longest)))
        ]
        if !place.tally.hasLastedLongEnough {
            let least = Deadline(start: place.entered, limit: bake.duration)
            orders.append(order(.forward, place, .deadline, .wait(least)))
        }
        for (index, gate) in (bake.gates + bake.watched).enumerated() {
            orders.append(order(.forward, place, .gate(index), .watch(gate: gate)))
        }
        for (index, call) in bake.tests.enumerated() {
            let round = place.tally.rounds[index]?.finished ?? 0
            var here = place
            here.attempt = round
            orders.append(
                order(.forward, here, .test(index), .test(call, round: round), call.repetition))
        }
        return orders + watching(.forward, place, plan)
    }

    /// While a run waits for a person its gates go on.
    private func standing(
        _ course: OrderID.Course, _ place: Progress, _ plan: RunPlan
    ) -> [Order] {
        guard weight > .none else { return watching(course, place, plan) }
        // Where a bake itself asks, its own gates go on.
        let gates = plan.standingGates(before: course == .asking ? place.step + 1 : place.step)
        return gates.enumerated().map {
            order(course, place, .gate($0.offset), .watch(gate: $0.element))
        } + watching(course, place, plan)
    }

    /// From the pin on: users are led by what we wrote, be it to stable alone.
    private func watching(
        _ course: OrderID.Course, _ place: Progress, _ plan: RunPlan
    ) -> [Order] {
        guard weight > .none || isPinned(place, plan) else { return [] }
        return [order(course, place, .candidate, .watchCandidate)]
    }

    private func isPinned(_ place: Progress, _ plan: RunPlan) -> Bool {
        let deploys = plan.steps.prefix(place.step + 1).lastIndex {
            if case .deploy = $0 { true } else { false }
        }
        guard let deploys else { return false }
        return deploys < place.step
            || plan.legs(ofStep: deploys).prefix(place.leg).contains(.pinRoutes)
    }

    private func order(
        _ course: OrderID.Course, _ place: Progress, _ lane: OrderID.Lane, _ work: Work,
        _ repetition: Repetition = .repeatable
    ) -> Order {
        // But for the way forward all attempts share one deadline; there each has its own.
        let isWait = if case .wait = work { true } else { false }
        let id = OrderID(
            course: course, step: place.step, leg: place.leg, lane: lane,
            attempt: isWait && course != .forward ? 0 : place.attempt)
        return Order(id: id, work: work, repetition: repetition)
    }
}
