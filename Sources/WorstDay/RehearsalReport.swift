package import FlowFiles
internal import MetricsGate
internal import TestHooks

/// All that a rehearsal learned.
package struct RehearsalReport: Sendable {
    package let flow: Flow
    package let origin: Playground.Origin
    package let results: [TrialResult]
    package let matrix: Matrix
    package let flaws: [Flaw]
    package let seed: UInt64
    /// Users' requests a second.
    package let load: Double
    package let isWhole: Bool
    /// Gates and tests that the Lab cannot ask: they said what the play wanted.
    package let scripted: [String]

    /// nil where nobody is led to the candidate, or the good day is none.
    package var outlook: Outlook?

    init(ground: Playground, results: [TrialResult], isWhole: Bool) {
        flow = ground.flow
        origin = ground.origin
        self.results = results
        seed = ground.seed
        load = ground.load
        self.isWhole = isWhole
        matrix = Matrix(results)
        flaws = FlawSearch(ground.flow, results).flaws
        let (gates, tests) = (ground.flow.playedGates, ground.flow.playedTests)
        scripted =
            ground.flow.gates.map(\.name).filter { !gates.contains($0) }.map { "gate \($0)" }
            + ground.flow.tests.map(\.name).filter { !tests.contains($0) }.map { "test \($0)" }
    }

    /// Plays in which an invariant did not hold.
    package var broken: [TrialResult] { results.filter { !$0.broken.isEmpty } }

    package var isSound: Bool { flaws.isEmpty && broken.isEmpty }
}
