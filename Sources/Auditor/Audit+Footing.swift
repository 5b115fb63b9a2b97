internal import CanaryEngine
internal import Chronicle

/// S3 and S6, whatever others do to the rule: users who are led to a version meet it.
extension Audit {
    /// S3: a subset that somebody took away or turned round stands again, or nobody is led there, within
    /// the time that it takes to see it and to write.
    mutating func checkFooting(at date: Int) {
        guard let plan = evidence.plan, evidence.removes == nil else { return }
        let now = log.clock(at: date)
        if let (since, words) = astraySince, now - since > plan.limits.write * 2 {
            report("S3", "for \((now - since).components.seconds) s \(words)")
            astraySince = nil
            return
        }
        guard let words = world.astray else {
            astraySince = nil
            return
        }
        if astraySince == nil { astraySince = (now, words) }
    }

    /// S6: that all is home is said only where users meet stable.
    mutating func checkSaid(before date: Int) {
        while said < log.facts.count, log.facts[said].date + evidence.hearsay < date {
            let logged = log.facts[said]
            said += 1
            guard case .done(_, let note) = logged.fact,
                note.hasPrefix("all traffic is home") || note.hasPrefix("all is home"),
                let words = world.astray
            else { continue }
            report("S6", "record \(logged.sequence) says that all is home, and \(words)")
        }
    }
}
