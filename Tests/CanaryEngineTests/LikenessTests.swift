import CanaryEngine
import Testing

struct LikenessTests {
    struct Look: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let parts: [(String, [String])]
        let strangers: [String]

        init(_ name: String, _ parts: [(String, [String])], _ strangers: [String]) {
            testDescription = name
            self.parts = parts
            self.strangers = strangers
        }
    }

    @Test(arguments: [
        Look("the same", [("template", ["t"]), ("image app", ["a", "b"])], []),
        Look("fewer pods", [("template", ["t"]), ("image app", ["b"])], []),
        Look("no pod to look at", [("template", ["t"]), ("image app", [])], []),
        Look("another image", [("template", ["t"]), ("image app", ["b", "c"])], ["image app: c"]),
        Look(
            "another template and part", [("template", ["u"]), ("image app", []), ("x", ["1"])],
            ["template: u", "x: 1"]),
        Look("a part less", [("template", ["t"])], ["image app: gone"]),
    ])
    func knowsItsStrangers(_ look: Look) {
        let judged = Likeness([.init("template", ["t"]), .init("image app", ["a", "b"])])
        let later = Likeness(look.parts.map { Likeness.Part($0.0, $0.1) })
        let found = judged.strangers(in: later).map { "\($0.part): \($0.print ?? "gone")" }
        #expect(found == look.strangers)
    }

    @Test func isKeptFromReadinessOn() {
        var run = Rehearsal(Plans.canary)
        run.walk(toStep: 1)
        #expect(run.state.likeness == nil)
        run.walk(toStep: 2)
        #expect(run.state.likeness == Likeness([.init("image app", ["a"])]))
    }

    /// Who takes a run over has not seen what the one before saw: he looks again before he decides.
    @Test func isLookedAtAnewByALaterHolder() throws {
        var run = Rehearsal(Plans.canary)
        func isDeciding(_ state: RunState) -> Bool {
            state.orders(Plans.canary).contains { $0.work == .carryOut(.decidePromotion) }
        }
        let decides = run.walk(until: isDeciding)
        #expect(decides)
        run.tell(.held(Holding(epoch: 2, holder: "b", version: "1", absence: .seconds(60))))
        #expect(!isDeciding(run.state))
        #expect(run.work.contains { $0.work == .carryOut(.prepare(.all)) })
        run.walk(toStep: .max)
        #expect(run.state.course == .promoted)
    }
}
