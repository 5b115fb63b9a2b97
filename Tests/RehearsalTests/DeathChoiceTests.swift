import Lab
import Testing

@testable import Rehearsal

@Suite struct DeathChoiceTests {
    private static let lease = "PUT /leases/x"

    private func places(_ deaths: [Lifeline.Death]) -> [Int] { deaths.map(\.effect) }

    /// Before and after what nobody did so far, or not after what had been done last.
    @Test func whatIsNewIsMet() {
        var choice = DeathChoice(oneIn: 1000)
        choice.know(["open", "a", "b", "c"])
        // The very first place is one of a thousand.
        #expect(places(choice.deaths(of: ["open", "a", "b", "c"])) == [1])
        #expect(places(choice.deaths(of: ["open", "a", "b", "c", "d"])) == [5, 5])
        #expect(places(choice.deaths(of: ["open", "a", "c"])) == [3, 3])
        // What is known is known.
        #expect(choice.deaths(of: ["open", "a", "c"]) == [])
        let new = choice.deaths(of: ["e"])
        #expect(
            new == [
                Lifeline.Death(effect: 1, point: .before), Lifeline.Death(effect: 1, point: .after),
            ])
    }

    /// Only its first renewal at one place is new.
    @Test func aLeaseTellsNothing() {
        var choice = DeathChoice(oneIn: 1000)
        choice.know(["open", "a", "b", "c"])
        let deaths = choice.deaths(of: ["open", "a", Self.lease, Self.lease, "b", Self.lease, "c"])
        #expect(places(deaths) == [1, 3, 3, 6, 6])
    }

    /// Stories that are alike die at different places.
    @Test func placesAreCountedThrough() {
        var choice = DeathChoice(oneIn: 5)
        let alike = ["a", "b", "c"]
        choice.know(alike)
        #expect(places(choice.deaths(of: alike)) == [1, 3])
        #expect(places(choice.deaths(of: alike)) == [3])
        #expect(places(choice.deaths(of: alike)) == [2])
    }

    /// Nothing that any of these does is left without a death, though most of its deaths are.
    @Test func nothingNewIsLeftOut() throws {
        let core = try story("good").effects
        var choice = DeathChoice(oneIn: 61)
        choice.know(core)
        var met = Set(DeathChoice.moments(of: core))
        for name in ["keda-back", "first-release", "hooks", "with-neighbour"] {
            let effects = try story(name).effects
            let moments = DeathChoice.moments(of: effects)
            let deaths = choice.deaths(of: effects)
            met.formUnion(deaths.map { moments[$0.effect - 1] })
            #expect(met.isSuperset(of: moments), "\(name)")
            #expect(!deaths.isEmpty && deaths.count < 2 * effects.count, "\(name)")
        }
    }

    private func story(_ name: String) throws -> Sweep.Story {
        try Sweep(try #require(Repertoire.scenario(name))).story()
    }
}
