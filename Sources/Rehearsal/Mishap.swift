package import Lab

/// What goes wrong in one play, beside what the scenario itself tells.
package struct Mishap: Sendable {
    /// Where the first process dies; then where the second does, and so on.
    package var deaths: [Lifeline.Death]
    /// Calls to the API server that go wrong.
    package var calls: FaultPlan?

    package init(deaths: [Lifeline.Death] = [], calls: FaultPlan? = nil) {
        self.deaths = deaths
        self.calls = calls
    }

    package static let none = Mishap()
}
