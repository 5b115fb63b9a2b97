/// A wish that the run cannot honour where it stands, and what to do instead.
package struct Refusal: Error, Hashable, Sendable {
    package let why: String
}

extension RunState {
    /// nil where the wish may become a fact.
    package func refusal(of wish: Wish.Kind, _ plan: RunPlan) -> Refusal? {
        switch (wish, course) {
        case (.abort, .advancing), (.abort, .asking), (.abort, .paused): nil
        case (.abort, .personNeeded(let trouble)):
            switch trouble.stop {
            case .returning: nil
            case .closing: Self.tooLate(plan)
            }
        case (.abort, .returning): Refusal(why: "it is already on the way home")
        case (.abort, .closing), (.abort, .promoted): Self.tooLate(plan)
        case (.abort, .rolledBack): Refusal(why: "it is rolled back already")

        case (.approve, .asking), (.reject, .asking): nil
        case (.approve, .advancing), (.reject, .advancing):
            isAskingApproval(plan) ? nil : Refusal(why: "nothing is asked; see `theseus status`")
        case (.approve, _), (.reject, _): Refusal(why: "nothing is asked; see `theseus status`")

        case (.pause, .advancing), (.pause, .asking): nil
        case (.pause, .paused): Refusal(why: "it is paused already")
        case (.pause, .returning), (.pause, .closing):
            Refusal(why: "a run does not stand still on this stretch")
        case (.pause, .promoted), (.pause, .rolledBack), (.pause, .personNeeded):
            Refusal(why: "the run is over")

        case (.resume, .paused), (.resume, .personNeeded): nil
        case (.resume, .advancing):
            pauseWish == nil ? Refusal(why: "it is not paused") : nil
        case (.resume, .asking): Refusal(why: Self.asks)
        case (.resume, .returning), (.resume, .closing): Refusal(why: "it is not paused")
        case (.resume, .promoted), (.resume, .rolledBack): Refusal(why: "the run is over")

        case (.promote, .paused): nil
        case (.promote, .asking): Refusal(why: Self.asks)
        case (.promote, .advancing) where isAskingApproval(plan): Refusal(why: Self.asks)
        case (.promote, .advancing):
            canSkipWaiting(plan)
                ? nil : Refusal(why: "there is no wait to skip; only bakes and pauses can be")
        case (.promote, .returning): Refusal(why: "it is on the way home")
        case (.promote, .closing), (.promote, .promoted):
            Refusal(why: "promotion is decided already")
        case (.promote, .rolledBack), (.promote, .personNeeded):
            Refusal(why: "the run is over")
        }
    }

    /// Whoever may approve is not whoever is in a hurry.
    private static let asks = "it waits for approve or reject"

    private static func tooLate(_ plan: RunPlan) -> Refusal {
        Refusal(
            why: plan.isRemoval
                ? "the removal is decided; deploy the version again to have it back"
                : "promotion is decided; use undo to go back")
    }

    mutating func hearWish(_ wish: Wish, _ plan: RunPlan) {
        guard refusal(of: wish.kind, plan) == nil else { return }
        switch (wish.kind, course) {
        case (.abort, .advancing), (.abort, .asking), (.abort, .paused):
            turn(Setback(.aborted, "aborted by \(wish.by)"), plan)
        case (.reject, _):
            turn(Setback(.rejected, "rejected by \(wish.by)"), plan)
        case (.approve, .asking(let place)):
            course = .advancing(place)
            advance(plan)
        case (.approve, .advancing):
            advance(plan)
        case (.pause, _):
            pauseWish = wish.by
        case (.resume, .paused(var place, _)), (.promote, .paused(var place, _)):
            place.entered = clock
            course = .advancing(place)
        case (.resume, .advancing):
            pauseWish = nil
        case (.promote, .advancing):
            advance(plan)
        case (.resume, .personNeeded(let trouble)), (.abort, .personNeeded(let trouble)):
            goOn(after: trouble)
        case (.abort, _), (.approve, _), (.resume, _), (.promote, _):
            break
        }
    }

    private mutating func goOn(after trouble: Trouble) {
        switch trouble.stop {
        case .returning(var way):
            way.place = Progress(step: way.place.step, leg: 0, entered: clock)
            course = .returning(way)
        case .closing(let place):
            course = .closing(Progress(step: place.step, leg: 0, entered: clock))
        }
    }

    private func isAskingApproval(_ plan: RunPlan) -> Bool {
        if case .approve? = leg(plan) { true } else { false }
    }

    private func canSkipWaiting(_ plan: RunPlan) -> Bool {
        switch leg(plan) {
        case .bake?, .pause?: true
        default: false
        }
    }
}
