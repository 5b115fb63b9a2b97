package import Manifests

/// One write that was sent, and what came of it.
package struct WriteNote: Hashable, Sendable {
    package enum Verb: String, Hashable, Sendable {
        case create
        case update
        case delete
    }

    package enum Outcome: Hashable, Sendable {
        case applied
        case notApplied(KubernetesError.Code)
        case unknown

        init(_ error: KubernetesError) {
            self = error.leavesInDoubt ? .unknown : .notApplied(error.code)
        }
    }

    package let verb: Verb
    package let reference: ObjectReference
    package let outcome: Outcome
    /// The version that was made or, where none was, the one that the write was meant for.
    package let resourceVersion: String

    package init(
        verb: Verb, reference: ObjectReference, outcome: Outcome, resourceVersion: String
    ) {
        self.verb = verb
        self.reference = reference
        self.outcome = outcome
        self.resourceVersion = resourceVersion
    }
}
