import CanaryEngine
import Journal
import Testing
import Voyage

/// Which runs a journal of limited room keeps.
@Suite struct RetentionTests {
    private func entry(_ number: Int, _ course: Course?, _ service: String = "a")
        -> Retention.Entry
    {
        let card = RunCard(
            run: "\(service)\(number)", target: "https://c n/\(service)", opened: number)
        return Retention.Entry(
            card: card,
            state: course.map { course in
                var state = RunState()
                state.course = course
                return state
            })
    }

    private let back = Course.rolledBack(Setback(.aborted, "by mia"))

    @Test func theNewestTenAndTheLastPromotedStay() {
        var entries = [entry(1, .promoted), entry(2, .promoted)]
        entries += (3...20).map { entry($0, back) }
        let kept = Retention.kept(entries)
        #expect(kept == Set(["a2"] + (11...20).map { "a\($0)" }))
    }

    /// A removal holds no backup that could be undone, and takes no promotion's place.
    @Test func aRemovalIsNoPromotion() {
        let removal = Retention.Entry(
            card: entry(2, nil).card, state: entry(2, .promoted).state, isRemoval: true)
        let entries = [entry(1, .promoted), removal] + (3...20).map { entry($0, back) }
        #expect(Retention.kept(entries) == Set(["a1"] + (11...20).map { "a\($0)" }))
    }

    @Test func whatIsNotOverStays() {
        let place = Progress(step: 0, leg: 0, entered: .zero)
        let waiting = Course.personNeeded(
            Trouble(setback: Setback(.denied, "no"), stop: .closing(place)))
        var entries = [entry(1, RunState().course), entry(2, waiting), entry(3, nil)]
        entries += (4...20).map { entry($0, back) }
        let kept = Retention.kept(entries)
        #expect(kept.isSuperset(of: ["a1", "a2"]))
        #expect(!kept.contains("a3"))
        #expect(kept.count == 12)
    }

    @Test func eachServiceCountsForItself() {
        let entries = (1...12).flatMap { [entry($0, back), entry($0, back, "b")] }
        let kept = Retention.kept(entries)
        #expect(kept.count == 20)
        #expect(kept.isDisjoint(with: ["a1", "a2", "b1", "b2"]))
    }
}
