/// What a person should know of one field: what became of it, why, and what to do.
package struct CrossingNote: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The flow says nothing of it.
        case left = "not carried over"
        /// The flow says it, and it means something else here.
        case changed = "carried over with a difference"
        /// The flow has a placeholder that only a person can replace.
        case fillIn = "to fill in"
    }

    package let kind: Kind
    /// `Rollout checkout`; of what is to be filled in, `the flow`.
    package let object: String
    package let file: String?
    package let line: Int?
    /// `spec.strategy.canary.maxSurge`, in the source; of what is to be filled in, in the flow.
    package let path: String
    package let why: String
    package let remedy: String
}
