internal import CanaryEngine
internal import Chronicle
internal import JSONTree
internal import Manifests

/// S4 at the promotion, S6 and S9: whether the cluster matches the word at the end.
extension Audit {
    mutating func checkEnd() {
        guard let last = log.facts.last else { return }
        let ending = Ending(evidence, cast)
        switch last.state.course {
        case .rolledBack: checkRolledBack(ending)
        case .promoted: checkPromoted(ending)
        case .personNeeded: break
        case .advancing, .asking, .paused, .returning, .closing:
            report("S6", "the run is over, and its last record does not say how it ended")
        }
    }

    /// S6: the candidate has all that foreign destinations leave, and the old version is gone.
    private mutating func checkPromoted(_ ending: Ending) {
        for table in world.tables where !evidence.hasForeignHands {
            for route in table.routes {
                if route.isDark {
                    report("S6", "promoted, and the dark route of \(table.reference) is left")
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
    }

    /// S9: the specs of all that the run touched are as before, and nothing of ours is left.
    private mutating func checkRolledBack(_ ending: Ending) {
        for table in world.tables {
            for route in table.routes where route.isDark {
                report("S9", "rolled back, and the dark route of \(table.reference) is left")
            }
            let share = world.candidateShare(in: table)
            if share > 0 {
                report("S9", "rolled back, and \(table.reference) gives the candidate \(share)%")
            }
        }
        for difference in ending.differences { report("S9", "rolled back, and \(difference)") }
        for mark in ending.marks { report("S9", "rolled back, and \(mark)") }
        for made in ending.made { report("S9", "rolled back, and \(made)") }
    }
}
