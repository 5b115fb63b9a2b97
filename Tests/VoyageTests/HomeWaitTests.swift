import CanaryEngine
import Testing

@testable import Voyage

/// What is said while traffic waits to go home, word for word.
@Suite struct HomeWaitTests {
    private func lack(
        _ ready: Int, of wanted: Int = 3, kept percent: Int, _ obstacle: String? = nil
    ) -> String {
        HomeLack(
            stable: "shop-v1", ready: ready, wanted: wanted,
            kept: TrafficWeight(percent: percent) ?? .all, obstacle: obstacle
        ).sentence
    }

    @Test func saysHowManyPodsAreMissing() {
        #expect(
            lack(1, kept: 67) == "stable shop-v1 has 1 of 3 ready pods; the candidate keeps 67%")
        #expect(
            lack(0, kept: 100) == "stable shop-v1 has 0 of 3 ready pods; the candidate keeps 100%")
    }

    /// Who left the candidate already does not go back to it, and that must not go unsaid.
    @Test func saysWhoFindsNobody() {
        #expect(
            lack(0, of: 0, kept: 34, "pod shop-v1-x: no node has room") == """
                stable shop-v1 has 0 of 1 ready pods (pod shop-v1-x: no node has room); \
                the candidate keeps 34%, and the rest finds nobody
                """)
    }
}
