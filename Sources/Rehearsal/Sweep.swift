package import Lab

/// Every death of the process that a scenario can have: before and after each of its effects.
package struct Sweep: Sendable {
    /// One play of a sweep that did not come out right, and how to see it again.
    package struct Finding: Hashable, Sendable {
        package let replay: String
        package let complaints: [String]
    }

    package struct Outcome: Sendable {
        package var plays = 0
        package var findings: [Finding] = []
    }

    private let stage: Stage

    package init(_ scenario: Scenario) throws { stage = try Stage(scenario) }

    package var scenario: Scenario { stage.scenario }

    /// All deaths, in order: before the first effect, after it, and so on.
    package func deaths() -> [Lifeline.Death] { Self.deaths(of: story().effects.count) }

    /// Of a process that does so much.
    package static func deaths(of effects: Int) -> [Lifeline.Death] {
        (0..<effects).flatMap { deaths(at: $0 + 1) }
    }

    static func deaths(at effect: Int) -> [Lifeline.Death] {
        [
            Lifeline.Death(effect: effect, point: .before),
            Lifeline.Death(effect: effect, point: .after),
        ]
    }

    /// Another process takes the run after the death, and must end it as it should be; with several
    /// deaths it dies too, and so on.
    package func play(_ deaths: Lifeline.Death...) -> Finding? { play(deaths) }

    private func play(_ deaths: [Lifeline.Death]) -> Finding? {
        let complaints = stage.play(Mishap(deaths: deaths)).complaints(scenario)
        guard !complaints.isEmpty else { return nil }
        let words = deaths.map { " --death \($0.words)" }.joined()
        return Finding(
            replay: Replay.command("--scenario \(scenario.name)\(words)"), complaints: complaints)
    }

    /// The process dies, and the one that takes the run dies as well, in one of so many places each.
    package func runTwice(on lanes: Lanes, oneIn stride: Int) async -> Outcome {
        let firsts = deaths().enumerated().filter { $0.offset % stride == 0 }.map(\.element)
        let pairs = await lanes.map(firsts) { first in
            let effects = stage.play(Mishap(deaths: [first])).effects.dropFirst().first?.count ?? 0
            return Self.deaths(of: effects).enumerated().filter { $0.offset % stride == 0 }
                .map { [first, $0.element] }
        }
        let findings = await lanes.map(pairs.flatMap { $0 ?? [] }) { play($0) }
        return Outcome(
            plays: findings.count, findings: findings.compactMap { $0 ?? nil })
    }

    /// What a scenario is without any death.
    package struct Story: Sendable {
        package let sweep: Sweep
        package let finding: Finding?
        /// What its process did, in order.
        package let effects: [String]
    }

    /// The story itself.
    package func story() -> Story {
        let bill = stage.play()
        let complaints = bill.complaints(scenario)
        let finding = Finding(
            replay: Replay.command("--scenario \(scenario.name)"), complaints: complaints)
        return Story(
            sweep: self, finding: complaints.isEmpty ? nil : finding,
            effects: bill.effects.first ?? [])
    }

    /// Plays those deaths on the lanes.
    package func run(on lanes: Lanes, deaths: [Lifeline.Death]) async -> Outcome {
        let findings = await lanes.map(deaths) { play($0) }
        return Outcome(plays: findings.count, findings: findings.compactMap { $0 ?? nil })
    }
}
