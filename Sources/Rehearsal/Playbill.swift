package import Chronicle
package import Lab

/// What came of one play.
package struct Playbill: Sendable {
    package var end: Scenario.End?
    /// Why there is no end, or why it was refused.
    package var trouble: String?
    package var facts: [LoggedFact]
    package var history: [StoredVersion]
    /// The effects of each process, in order.
    package var effects: [[String]]
    package var lasted: Duration
    package var lostRequests: Double
    package var leakedRequests: Double
    package var apiCalls: Int
    /// What the auditor found; empty is right.
    package var violations: [String]

    package var isRight: Bool { violations.isEmpty && trouble == nil }
}
