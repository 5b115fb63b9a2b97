extension RunState {
    /// How often a leg that must not fail is tried before a person is needed.
    static let attemptsAtHome = 3

    mutating func hearFailed(_ id: OrderID, _ setback: Setback, _ plan: RunPlan) {
        // Time cannot fail.
        guard id.lane != .deadline, id.lane != .longest else { return }
        if case .tell? = leg(plan), id.lane == .main { return advance(plan) }
        switch course {
        case .advancing, .asking, .paused:
            turn(setback, plan)
        case .returning(var way):
            if way.place.attempt + 1 < Self.attemptsAtHome {
                way.place.attempt += 1
                course = .returning(way)
            } else {
                stop(setback, .returning(way), plan)
            }
        case .closing(var place):
            if place.attempt + 1 < Self.attemptsAtHome {
                place.attempt += 1
                course = .closing(place)
            } else {
                stop(setback, .closing(place), plan)
            }
        case .promoted, .rolledBack, .personNeeded:
            break
        }
    }

    mutating func hearDeadline(_ id: OrderID, _ plan: RunPlan) {
        switch course {
        case .advancing(let place):
            hearForwardDeadline(id, place, plan)
        case .asking(let place):
            turn(Setback(.deadline, nobodySaid(place, plan)), plan)
        case .paused(_, let by):
            turn(Setback(.deadline, "paused by \(by) for longer than a run may pause"), plan)
        case .returning(let way):
            guard let leg = leg(plan) else { return }
            if leg.lateness == .goesOn {
                advance(plan)
            } else {
                stop(tooLate(leg, plan), .returning(way), plan)
            }
        case .closing(let place):
            guard let leg = leg(plan) else { return }
            if leg.lateness == .goesOn {
                advance(plan)
            } else {
                stop(tooLate(leg, plan), .closing(place), plan)
            }
        case .personNeeded:
            advance(plan)
        case .promoted, .rolledBack:
            break
        }
    }

    /// Stops where a person must look; who is called has hooks of their own, each time anew.
    private mutating func stop(_ setback: Setback, _ stop: Trouble.Stop, _ plan: RunPlan) {
        var trouble = Trouble(setback: setback, stop: stop)
        if !plan.hooks[.personNeeded].isEmpty {
            troubles += 1
            trouble.calling = Progress(step: troubles, leg: 0, entered: clock)
        }
        course = .personNeeded(trouble)
    }

    private mutating func hearForwardDeadline(
        _ id: OrderID, _ place: Progress, _ plan: RunPlan
    ) {
        guard let leg = leg(plan) else { return }
        switch leg {
        case .bake(let bake):
            var place = place
            place.tally.hasLastedLongEnough = true
            course = .advancing(place)
            endBakeIfProven(bake, plan)
            if id.lane == .longest, course == .advancing(place) {
                endUnproven(place, notProven(bake, place.tally), plan)
            }
        case .observe(let weight):
            markWeightEffect(weight)
            advance(plan)
        case .judge(let gate):
            endUnproven(
                place,
                Setback(.notEnoughEvidence, "gate \(gate) had not enough evidence in time"), plan)
        case .approve:
            turn(Setback(.deadline, "nobody approved in time"), plan)
        default:
            if leg.lateness == .goesOn { advance(plan) } else { turn(tooLate(leg, plan), plan) }
        }
    }

    /// Without enough evidence nothing passes by itself: the run turns, or a person says.
    private mutating func endUnproven(_ place: Progress, _ why: Setback, _ plan: RunPlan) {
        switch plan.onNotEnough {
        case .rollBack: turn(why, plan)
        case .ask: course = .asking(Progress(step: place.step, leg: place.leg, entered: clock))
        }
    }

    private func nobodySaid(_ place: Progress, _ plan: RunPlan) -> String {
        lacksEvidence(at: place, plan)
            ? "nobody said how to go on without enough evidence"
            : "nobody said how to go on after a test was cut off"
    }

    /// What a person is asked here; nil: nothing.
    package func question(_ plan: RunPlan) -> String? {
        guard case .asking(let place) = course else { return nil }
        return lacksEvidence(at: place, plan) ? "not enough evidence" : "a test was cut off"
    }

    private func lacksEvidence(at place: Progress, _ plan: RunPlan) -> Bool {
        let legs = plan.legs(ofStep: place.step)
        guard legs.indices.contains(place.leg) else { return false }
        switch legs[place.leg] {
        case .bake, .judge: return true
        default: return false
        }
    }

    private func notProven(_ bake: Bake, _ tally: BakeTally) -> Setback {
        let gates = bake.gates.enumerated().filter { tally.verdicts[$0.offset] != .pass }
        let tests = bake.tests.enumerated().filter { (tally.rounds[$0.offset]?.passed ?? 0) == 0 }
        let open = gates.map { "gate \($0.element)" } + tests.map { "test \($0.element.name)" }
        return Setback(
            .notEnoughEvidence,
            "not enough evidence after \(Self.seconds(bake.longest)): \(open.joined(separator: ", "))"
        )
    }

    private func tooLate(_ leg: Leg, _ plan: RunPlan) -> Setback {
        Setback(.deadline, "\(leg.name) took longer than \(Self.seconds(leg.limit(plan.limits)))")
    }

    package static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        return milliseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + milliseconds) ms"
    }
}
