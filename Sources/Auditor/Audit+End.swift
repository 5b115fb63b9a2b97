internal import CanaryEngine
internal import Chronicle
internal import JSONTree
internal import Manifests

/// S4 at the promotion, S6 and S9: whether the cluster matches the word at the end.
extension Audit {
    mutating func checkEnd() {
        guard let last = log.facts.last else { return }
        checkTold(last.state)
        let ending = Ending(evidence, cast)
        if last.state.isOver, let words = world.astray { report("S6", "at the end \(words)") }
        switch last.state.course {
        case .rolledBack: checkRolledBack(ending)
        case .promoted:
            if let name = evidence.removes {
                checkRemoved(name, ending)
            } else {
                checkPromoted(ending)
            }
        case .personNeeded(let trouble): checkStopped(trouble, ending)
        case .advancing, .asking, .paused, .returning, .closing:
            report("S6", "the run is over, and its last record does not say how it ended")
        }
    }

    /// S6: the candidate has all that foreign destinations leave, and the old version is gone.
    private mutating func checkPromoted(_ ending: Ending) {
        for table in world.tables where !evidence.hasForeignHands {
            for route in table.routes {
                if route.isAside {
                    report("S6", "promoted, and \(words(route)) of \(table.reference) is left")
                    continue
                }
                let part = world.part(of: .candidate, in: route)
                guard cast.candidate != nil, part != route.pool else { continue }
                report(
                    "S6",
                    "promoted, and route \(route.key) of \(table.reference) gives the candidate"
                        + " \(part)% of \(route.pool)%")
            }
        }
        if cast.candidate != nil, world.readyPods(.candidate, at: ending.date) == 0,
            !evidence.hasForeignHands
        {
            report("S6", "promoted, and the candidate has no ready pod")
        }
        for mark in ending.marks { report("S6", "promoted, and \(mark)") }
        checkRetired(ending)
    }

    private func words(_ route: RouteTable.Route) -> String {
        route.isDark ? "the dark route" : "the route \(route.key)"
    }

    /// S6: once no route leads to the old version it goes, unless a GitOps tool keeps it.
    private mutating func checkRetired(_ ending: Ending) {
        let isNamed = world.tables.contains { table in
            table.routes.contains { route in
                route.destinations.contains { destination in
                    guard destination.isOfService else { return false }
                    let side = world.side(of: destination)
                    return side == .stable || side == .both
                }
            }
        }
        let isKept = log.facts.contains {
            if case .done(_, let note) = $0.fact { note.hasPrefix("stable is kept") } else { false }
        }
        guard let stable = cast.stable, !isNamed, !isKept, !world.tables.isEmpty,
            ending.standing.contains(stable.name)
        else { return }
        report("S6", "promoted, and the old version \(stable.name) is left")
    }

    /// S6: where a person is needed, traffic is on ready pods, if there are any and we may write.
    ///
    /// Once promotion is decided nobody is led back, and only what stable has is kept.
    private mutating func checkStopped(_ trouble: Trouble, _ ending: Ending) {
        guard trouble.setback.kind != .denied, trouble.setback.kind != .fault else { return }
        for (side, other) in [(Side.stable, Side.candidate), (.candidate, .stable)] {
            if isPromoting, side == .candidate { continue }
            guard world.readyPods(side, at: ending.date) == 0,
                world.readyPods(other, at: ending.date) > 0
            else { continue }
            for table in world.tables {
                for route in table.routes where !route.isAside {
                    let part = world.part(of: side, in: route)
                    guard part > 0 else { continue }
                    report(
                        "S6",
                        "a person is needed, and route \(route.key) of \(table.reference) gives"
                            + " the \(side) version \(part)%, which has no ready pod")
                }
            }
        }
    }

    /// S9: the specs of all that the run touched are as before, and nothing of ours is left.
    private mutating func checkRolledBack(_ ending: Ending) {
        for table in world.tables {
            for route in table.routes where route.isAside {
                report("S9", "rolled back, and \(words(route)) of \(table.reference) is left")
            }
            let share = world.candidateShare(in: table)
            if share > 0, evidence.removes == nil {
                report("S9", "rolled back, and \(table.reference) gives the candidate \(share)%")
            }
        }
        for difference in ending.differences { report("S9", "rolled back, and \(difference)") }
        for mark in ending.marks { report("S9", "rolled back, and \(mark)") }
        for made in ending.made { report("S9", "rolled back, and \(made)") }
    }
}
