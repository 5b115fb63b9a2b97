import Rehearsal
import Testing

@Suite struct StoryTests {
    /// Each scenario ends as it should, loses nobody, leaks nothing, and passes the audit.
    @Test(arguments: Repertoire.all.map(\.name))
    func story(_ name: String) throws {
        let scenario = try #require(Repertoire.scenario(name))
        let bill = try Stage(scenario).play()
        #expect(bill.complaints(scenario) == [])
        #expect(bill.jobs > 0)
    }

    /// At least a dozen scenarios are swept without a gap in every build.
    @Test func thoroughOnesAreThere() {
        let names = Repertoire.all.map(\.name)
        #expect(Repertoire.thorough.allSatisfy(names.contains))
        #expect(Set(Repertoire.thorough).count >= 12)
    }

    @Test func namesDiffer() {
        let names = Repertoire.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count >= 12)
    }
}
