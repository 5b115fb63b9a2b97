import CanaryEngine
import FlowFiles
import JSONTree
import Rehearsal
import Testing
import Voyage

@testable import Foresight

/// What a deploy writes is what was planned, object by object and in that order; what may differ is
/// blanked by name in `Blanks`, and nothing else.
@Suite struct HonestyTests {
    /// Every story in which all goes well, and nobody but a person who says yes has a hand in it.
    static let good = Repertoire.all.filter {
        $0.removal == nil && ($0.events.isEmpty || asked.contains($0.name))
            && $0.ends == [.promoted]
    }.map(\.name)

    private static let asked = ["ab-test-good", "dark-only-good"]

    @Test(arguments: good) func whatIsDoneWasPlanned(_ name: String) throws {
        let both = try PlannedAndDone(try #require(Repertoire.scenario(name)))
        let planned = try both.planned()
        #expect(planned.written.isEmpty, "planning wrote to the cluster")
        let mine = planned.plan.day.writes.map { Likened($0, run: Forecast.run) }
        let theirs = try both.done().writes.map { Likened($0, run: PlannedAndDone.run) }
        #expect(mine.count == theirs.count)
        #expect(mine.count > 5)
        let differences = mine.indices.flatMap { index in
            mine[index].differences(from: theirs.dropFirst(index).first)
        }
        #expect(differences == [])
    }

    /// A flow of every kind that the repertoire has is among them.
    @Test func theGoodStoriesAreMany() {
        #expect(Self.good.count >= 22, "\(Self.good)")
        #expect(["good", "whole-way", "good-in-cluster", "scaled"].allSatisfy(Self.good.contains))
    }

    /// All templates are: each has a story that names it.
    @Test(arguments: FlowTemplates.names) func everyTemplateIsAmongThem(_ template: String) throws {
        let stories = try Self.good.map { try #require(Repertoire.scenario($0)) }
        #expect(stories.contains { $0.flow.contains("\n  template: \(template)\n") })
    }
}
