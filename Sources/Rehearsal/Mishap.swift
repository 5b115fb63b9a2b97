package import Lab

/// What goes wrong in one play, beside what the scenario itself tells.
package struct Mishap: Sendable {
    /// Where the first process dies; then where the second does, and so on.
    package var deaths: [Lifeline.Death] = []
    /// When whoever drives then dies.
    package var kills: [Duration] = []
    /// Where the first process stands still, unaware.
    package var stall: Lifeline.Stall?
    /// When a further process tries to take the run, whoever drives.
    package var reliefs: [Duration] = []
    /// So long after the second step began another run wants the same service.
    package var rival: Duration?
    /// When the date of every machine that may drive jumps, and by how many milliseconds.
    package var jump: (at: Duration, by: Int)?
    /// Calls to the API server that go wrong.
    package var calls: FaultPlan?
    /// Calls of the journal that go wrong.
    package var journal: JournalFaults?
    /// When calls and journal are well again; a run that needs a person then goes on.
    package var healing: Duration?
    /// A fault of ours, put back on purpose.
    package var sabotage: Sabotage?

    package init(
        deaths: [Lifeline.Death] = [], calls: FaultPlan? = nil, sabotage: Sabotage? = nil
    ) {
        self.deaths = deaths
        self.calls = calls
        self.sabotage = sabotage
    }

    package static let none = Mishap()
}
