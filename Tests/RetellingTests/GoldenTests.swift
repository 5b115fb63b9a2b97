import Golden
import Rehearsal
import Testing

@testable import Retelling

/// What is written, to the letter: of runs in the Lab.
@Suite struct GoldenTests {
    private func expect(_ play: Play, _ name: String, _ count: Int? = nil) throws {
        let account = try play.account(count)
        try expectGolden(JUnitText(account).text, named: "\(name).xml")
        try expectGolden(RunPage(account).text, named: "\(name).html")
    }

    @Test func aGoodRun() throws { try expect(Play(Play.good), "good") }

    @Test func aRunThatAGateTurnsRound() throws { try expect(Play(Play.bad), "turned-by-gate") }

    @Test func aRunWhoseTestFails() throws { try expect(Play(Play.failing), "failed-cases") }

    @Test func aRunThatAnotherProcessEnds() throws { try expect(Play.resumed(), "resumed") }

    /// The version that nobody wants goes, with its users.
    @Test func aRemoval() throws {
        try expect(Play(try #require(Repertoire.scenario("removal-forced"))), "removal")
    }

    /// As a process leaves it that is stopped in the bake.
    @Test func aRunThatIsNotOver() throws {
        let play = try Play.resumed()
        try expect(play, "interrupted", play.takeover)
    }
}
