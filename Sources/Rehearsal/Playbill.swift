internal import CanaryEngine
package import Chronicle
package import KubernetesAPI
package import Lab

/// What came of one play.
package struct Playbill: Sendable {
    package enum Happening: Sendable {
        case fact(LoggedFact)
        case write(WriteNote)
    }

    package var end: Scenario.End?
    /// Why there is no end, or no run.
    package var trouble: String?
    package var facts: [LoggedFact] = []
    package var history: [StoredVersion] = []
    /// The effects of each process, in order.
    package var effects: [[String]] = []
    package var deaths = 0
    /// Facts and our writes to the API server, in the order in which they happened.
    package var happenings: [Happening] = []
    package var lasted: Duration = .zero
    /// What the simulation cost.
    package var jobs = 0
    package var lostRequests: Double = 0
    /// Users' requests at the candidate, and how many of them failed.
    package var candidateRequests: Double = 0
    package var candidateErrors: Double = 0
    /// Users' requests that met the candidate before its first weight.
    package var leakedRequests: Double = 0
    /// Files that the run kept for people, by their paths.
    package var files: [String: String] = [:]
    /// What the auditor found; empty is right.
    package var violations: [String] = []
    /// The state that was reported last.
    var newest: RunState?
    /// When records were reported, by the world's own date.
    var reported: [Int: Int] = [:]

    /// Puts the world's date on the facts, where whoever wrote them had another.
    mutating func redate() {
        var date = LabClock.defaultEpoch
        facts = facts.map { fact in
            date = reported[fact.sequence] ?? date
            return LoggedFact(
                sequence: fact.sequence, epoch: fact.epoch, date: date, actor: fact.actor,
                fact: fact.fact, state: fact.state, head: fact.head)
        }
    }

    /// Everything that the play must not have brought, a sentence each; empty is right.
    package func complaints(_ scenario: Scenario) -> [String] {
        var complaints = violations.filter { !scenario.excuses.contains($0) }
        let ends = scenario.ends + (deaths > 0 ? scenario.endsAfterCrash : [])
        if let end {
            if !ends.contains(end) {
                let wanted = ends.map(\.rawValue).joined(separator: " or ")
                complaints.append("it ended \(end.rawValue), not \(wanted): \(why)")
            }
        } else {
            complaints.append("it did not end: \(trouble ?? "nobody said why")")
        }
        if !scenario.mayLoseRequests, lostRequests > 0 {
            complaints.append("\(lostRequests) requests of users were lost")
        }
        if leakedRequests > 0 {
            complaints.append("S21 \(leakedRequests) requests of users met a dark candidate")
        }
        if lasted > scenario.longest { complaints.append("it took \(lasted)") }
        if let high = facts.first(where: { $0.state.weight > scenario.highestWeight }) {
            complaints.append("record \(high.sequence) gives \(high.state.weight.percent)%")
        }
        if deaths == 0, !scenario.saying.isEmpty, !sayings.contains(scenario.saying),
            !why.contains(scenario.saying), trouble?.contains(scenario.saying) != true
        {
            complaints.append("no record says \"\(scenario.saying)\"")
        }
        return complaints
    }

    private var why: String {
        switch facts.last?.state.course {
        case .rolledBack(let setback): setback.reason
        case .personNeeded(let trouble): trouble.setback.reason
        default: ""
        }
    }

    /// All facts as text.
    private var sayings: String { facts.map { "\($0.fact)" }.joined(separator: "\n") }
}
