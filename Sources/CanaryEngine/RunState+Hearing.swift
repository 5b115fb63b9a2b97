extension RunState {
    /// Takes one fact, heard at `reading` of the run's clock.
    ///
    /// Total: a fact that comes late, twice, or for an order that was called off changes nothing
    /// but the clock.
    package mutating func hear(_ fact: Fact, at reading: Duration, _ plan: RunPlan) {
        clock = max(clock, reading)
        if let id = fact.order, !isListening(for: id, plan) { return }
        switch fact {
        case .planned, .noticed:
            break
        case .held(let holding):
            hearHeld(holding, plan)
        case .wished(let wish):
            answeredWish = max(answeredWish, wish.number)
            hearWish(wish, plan)
        case .refused(let wish, _):
            answeredWish = max(answeredWish, wish.number)
        case .started(let id):
            startedOnce = id
        case .stepBegun(let id):
            begun = max(begun, id.step + 1)
            advance(plan)
        case .promotionDecided:
            enterClosing(plan)
        case .done(let id, _):
            hearDone(id, plan)
        case .backedUp(_, let backup):
            self.backup = backup
            advance(plan)
        case .recognised(_, let likeness, _):
            self.likeness = likeness
            advance(plan)
        case .tested(let id, let report):
            hearTested(id, report, plan)
        case .judged(let id, _, let verdict):
            hearJudged(id, verdict, plan)
        case .observed:
            hearObserved(plan)
        case .lowered(_, let share):
            weight = min(weight, share)
        case .failed(let id, let setback):
            hearFailed(id, setback, plan)
        case .deadlinePassed(let id):
            hearDeadline(id, plan)
        }
    }

    // MARK: Going on

    /// The leg at which we stand, on whichever course.
    package func leg(_ plan: RunPlan) -> Leg? {
        switch course {
        case .advancing(let place): Self.pick(place.leg, plan.legs(ofStep: place.step))
        case .returning(let way): Self.pick(way.place.leg, wayHome(plan))
        case .closing(let place): Self.pick(place.leg, plan.legsOfClosing)
        case .personNeeded(let trouble):
            trouble.calling.flatMap { Self.pick($0.leg, plan.hooks.tellings(.personNeeded)) }
        case .asking, .paused, .promoted, .rolledBack: nil
        }
    }

    /// Nothing is written before the backup is remembered: then there is only somebody to tell.
    package func wayHome(_ plan: RunPlan) -> [Leg] {
        backup == nil ? plan.hooks.tellings(.rolledBack) : plan.legsHome(begun: begun)
    }

    private static func pick(_ index: Int, _ legs: [Leg]) -> Leg? {
        legs.indices.contains(index) ? legs[index] : nil
    }

    /// On to the next leg; at the end of the legs to the next step, or to the end of the run.
    mutating func advance(_ plan: RunPlan) {
        startedOnce = nil
        switch course {
        case .advancing(let place):
            if place.leg + 1 < plan.legs(ofStep: place.step).count {
                let next = Progress(step: place.step, leg: place.leg + 1, entered: clock)
                course = .advancing(next)
                noteShift(plan)
            } else {
                let next = Progress(step: place.step + 1, leg: 0, entered: clock)
                course = pauseWish.map { .paused(next, by: $0) } ?? .advancing(next)
                pauseWish = nil
            }
        case .returning(var way):
            way.place = Progress(step: way.place.step, leg: way.place.leg + 1, entered: clock)
            let isHome = way.place.leg >= wayHome(plan).count
            course = isHome ? .rolledBack(way.why) : .returning(way)
        case .closing(let place):
            let next = Progress(step: place.step, leg: place.leg + 1, entered: clock)
            course = next.leg >= plan.legsOfClosing.count ? .promoted : .closing(next)
        case .personNeeded(var trouble):
            guard let place = trouble.calling else { break }
            let next = Progress(step: place.step, leg: place.leg + 1, entered: clock)
            trouble.calling = next.leg < plan.hooks[.personNeeded].count ? next : nil
            course = .personNeeded(trouble)
        case .asking, .paused, .promoted, .rolledBack:
            break
        }
    }

    /// From the moment at which a shift is ordered the candidate may have that share.
    private mutating func noteShift(_ plan: RunPlan) {
        guard case .shift(let next)? = leg(plan) else { return }
        weight = next
        weightSince = nil
        ownRuns = []
    }

    private mutating func enterClosing(_ plan: RunPlan) {
        guard case .advancing(let place) = course else { return }
        let first = Progress(step: place.step, leg: 0, entered: clock)
        course = plan.legsOfClosing.isEmpty ? .promoted : .closing(first)
    }

    /// Turns round.
    ///
    /// Only ever called on the way forward.
    mutating func turn(_ why: Setback, _ plan: RunPlan) {
        let step =
            switch course {
            case .advancing(let place), .asking(let place), .paused(let place, _): place.step
            case .returning, .closing, .promoted, .rolledBack, .personNeeded: 0
            }
        startedOnce = nil
        pauseWish = nil
        let first = Progress(step: step, leg: 0, entered: clock)
        let isHome = wayHome(plan).isEmpty
        course = isHome ? .rolledBack(why) : .returning(Return(why: why, place: first))
    }

    // MARK: One fact each

    private mutating func hearHeld(_ holding: Holding, _ plan: RunPlan) {
        epoch = max(epoch, holding.epoch)
        holder = holding.holder
        // What our tests sent while nobody looked on can no longer be told from users' requests.
        if weightSince != nil {
            weightSince = clock
            ownRuns = [OwnRun(start: clock, end: clock, traffic: .unknown)]
        }
        // Late is no reason not to try: whoever takes the run has the leg's whole time, and all
        // its attempts.
        switch course {
        case .returning(var way):
            way.place.entered = clock
            way.place.attempt = 0
            course = .returning(way)
        case .closing(var place):
            place.entered = clock
            place.attempt = 0
            course = .closing(place)
        case .personNeeded(var trouble):
            trouble.calling?.entered = clock
            trouble.calling?.attempt = 0
            course = .personNeeded(trouble)
        case .advancing, .asking, .paused, .promoted, .rolledBack:
            break
        }
        guard case .advancing(var place) = course else { return }
        if let cutOff = startedOnce {
            startedOnce = nil
            switch plan.onCutOff {
            case .rollBack:
                let name = plan.call(of: cutOff, in: self)?.name ?? "of step \(cutOff.step + 1)"
                turn(
                    Setback(.cutOff, "test \(name) may run only once and was cut off"), plan)
            case .ask:
                place.entered = clock
                course = .asking(place)
            }
            return
        }
        // A bake and a settling begin again: nobody looked on meanwhile.
        switch leg(plan) {
        case .bake?, .settle?:
            place.entered = clock
            place.tally.beginAgain()
            course = .advancing(place)
        // What was looked at before promotion is decided was looked at by somebody else.
        case .decidePromotion?:
            // A hook before it is not called again: it may be one that may run only once.
            let first = plan.hooks[.beforePromotion].isEmpty ? 0 : max(0, place.leg - 1)
            course = .advancing(Progress(step: place.step, leg: first, entered: clock))
        default:
            break
        }
    }

    private mutating func hearDone(_ id: OrderID, _ plan: RunPlan) {
        guard id.lane == .main else { return }
        switch leg(plan) {
        case .rehearseHome?, .goHome?: weight = .none
        default: break
        }
        advance(plan)
    }

    private mutating func hearObserved(_ plan: RunPlan) {
        if case .observe(let seen)? = leg(plan) { markWeightEffect(seen) }
        advance(plan)
    }

    mutating func markWeightEffect(_ seen: TrafficWeight) {
        weight = seen
        weightSince = seen > .none ? clock : nil
        ownRuns = []
    }

    private mutating func hearJudged(_ id: OrderID, _ verdict: Verdict, _ plan: RunPlan) {
        if isOnlyWatched(id, plan) { return }
        if verdict.ruling == .fail {
            turn(Setback(.gateFailed, verdict.sentence), plan)
            return
        }
        guard case .advancing(var place) = course else { return }
        switch (leg(plan), id.lane) {
        case (.bake(let bake)?, .gate(let index)):
            place.tally.verdicts[index] = verdict.ruling
            course = .advancing(place)
            endBakeIfProven(bake, plan)
        case (.judge?, .main):
            if verdict.ruling == .pass { advance(plan) }
        default:
            break
        }
    }

    private func isOnlyWatched(_ id: OrderID, _ plan: RunPlan) -> Bool {
        guard case .bake(let bake)? = leg(plan), case .gate(let index) = id.lane else {
            return false
        }
        return index >= bake.gates.count
    }

    /// A bake ends well when it lasted long enough, every gate's newest verdict is a pass, and
    /// every test has passed.
    mutating func endBakeIfProven(_ bake: Bake, _ plan: RunPlan) {
        guard case .advancing(let place) = course, place.tally.hasLastedLongEnough else { return }
        let gatesPass = bake.gates.indices.allSatisfy { place.tally.verdicts[$0] == .pass }
        let testsPassed = bake.tests.indices.allSatisfy {
            (place.tally.rounds[$0]?.passed ?? 0) > 0
        }
        if gatesPass, testsPassed { advance(plan) }
    }
}
