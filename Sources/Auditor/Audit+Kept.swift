internal import CanaryEngine
internal import Chronicle

/// S6, whatever others do to the routes: who came home is not left with the candidate again.
extension Audit {
    /// S6: from the word that all is home on, and in the dark from the turn on, users do not stay with the
    /// candidate while stable could have them.
    ///
    /// Time without a holder does not count, nor what a busy API server may take for one write.
    mutating func checkKept(at date: Int) {
        guard let plan = evidence.plan, evidence.removes == nil, let home = log.home,
            date >= home.date
        else { return }
        let now = log.clock(at: date)
        if let (since, words) = awaySince, now - since > plan.limits.write {
            report("S6", "for \((now - since).components.seconds) s after all was home \(words)")
            awaySince = nil
            return
        }
        guard let words = led, world.hasReadyPod(.stable) else {
            awaySince = nil
            return
        }
        if awaySince == nil { awaySince = (now, words) }
    }

    /// By which route users can meet the candidate; nil where they cannot.
    private var led: String? {
        for table in world.tables {
            for route in table.routes where !route.isAside {
                let part = world.part(of: .candidate, in: route)
                if part > 0 {
                    return "route \(route.key) of \(table.reference) gave the candidate \(part)%"
                }
                if world.part(of: .both, in: route) > 0, world.hasReadyPod(.candidate) {
                    return "route \(route.key) of \(table.reference) led to both versions"
                }
            }
        }
        return nil
    }
}
