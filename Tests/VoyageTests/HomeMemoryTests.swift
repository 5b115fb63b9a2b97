import CanaryEngine
import Testing

@testable import Voyage

/// What is told while others fight over routes that are home, and how often they are put right.
@Suite struct HomeMemoryTests {
    @Test func tellsEachHandOnceAndTheFightOnce() {
        var memory = HomeMemory()
        #expect(memory.news([]) == [])
        #expect(
            memory.news(["VirtualService demo/shop: moved"])
                == ["users were led away from home; put right: VirtualService demo/shop: moved"])
        #expect(memory.news(["VirtualService demo/shop: moved"]) == [])
        #expect(
            memory.news(["VirtualService demo/shop: moved"]) == [
                "users are led away from home again and again: VirtualService demo/shop: moved"
            ])
        #expect(memory.news(["VirtualService demo/shop: moved"]) == [])
    }

    @Test func saysOnceWhatCannotBePutRight() {
        var memory = HomeMemory()
        let said = memory.news(ofFailure: "stable shop-v1 has no ready pod")
        #expect(
            said == "users may be away from home, and nobody could look or put it right:"
                + " stable shop-v1 has no ready pod")
        #expect(memory.news(ofFailure: "stable shop-v1 has no ready pod") == nil)
    }

    /// Never more writes than a few a minute, however quick the other is.
    @Test func aFightIsFoughtMoreAndMoreSeldom() {
        var memory = HomeMemory()
        var rests: [Duration] = []
        for _ in 0..<8 {
            rests.append(memory.rest(.seconds(5)))
            _ = memory.news(["moved"])
        }
        #expect(rests == [5, 5, 5, 5, 10, 20, 40, 40].map { Duration.seconds($0) })
    }

    @Test func saysWhatKeepsStable() {
        func lack(_ obstacle: String?) -> String {
            CandidateLack(
                candidate: "shop-v2", ready: 0, needed: 3, stable: "shop-v1", obstacle: obstacle
            ).sentence
        }
        #expect(lack(nil) == "candidate shop-v2 has 0 of 3 ready pods; stable shop-v1 stays")
        #expect(
            lack("there is no Deployment shop-v2") == """
                candidate shop-v2 has 0 of 3 ready pods (there is no Deployment shop-v2); \
                stable shop-v1 stays
                """)
    }
}
