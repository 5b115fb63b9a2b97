import CanaryEngine
import Chronicle
import Rehearsal
import Testing

@Suite struct StoryTests {
    @Test func theGoodReleaseIsPromoted() throws {
        let bill = try Stage(Scenario("good", ends: .promoted)).play()
        #expect(bill.end == .promoted, "\(bill.trouble ?? "")")
        #expect(bill.lostRequests == 0)
        #expect(bill.violations == [])
    }

    @Test func theBadReleaseIsCaughtAtOnePercent() throws {
        let bill = try Stage(Scenario("bad", manifest: DemoFlow.bad, ends: .rolledBack)).play()
        #expect(bill.end == .rolledBack, "\(bill.trouble ?? "")")
        #expect(bill.lostRequests == 0)
        #expect(bill.facts.allSatisfy { $0.state.weight.percent <= 1 })
    }
}
