import Auditor
import CanaryEngine
import JSONTree
import Testing

/// S17: what moves together differs for a bounded time.
@Suite struct TogetherTests {
    /// Two VirtualServices lead to the service; one of them moves to 1%, and long after something
    /// else happens.
    private func found(moving both: Bool, atOnce: Bool = true) -> [String] {
        var tale = Tale.told(to: .darken)
        tale.plan = RunPlan(steps: [.backup])
        tale.keep(
            "VirtualService", "edge", Tale.routes(Tale.parts(0), isDark: false), by: "kubectl")
        tale.tell(.one)
        if !atOnce { tale.date += 500_000 }
        if both {
            tale.write("VirtualService", "edge", Tale.routes(Tale.parts(1), isDark: false))
        }
        if atOnce { tale.date += 500_000 }
        tale.keep("ConfigMap", "other", ["data": ["a": "b"]], by: "kubectl")
        return Audit.violations(in: tale.evidence).filter { $0.hasPrefix("S17 ") }
    }

    @Test func bothMoved() { #expect(found(moving: true) == []) }

    @Test func oneWasForgotten() {
        #expect(
            found(moving: false) == ["S17 the routes gave the candidate different shares for 501 s"]
        )
    }

    @Test func oneCameTooLate() {
        #expect(
            found(moving: true, atOnce: false) == [
                "S17 the routes gave the candidate different shares for 501 s"
            ])
    }
}
