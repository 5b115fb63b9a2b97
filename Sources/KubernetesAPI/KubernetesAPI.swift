// KubernetesAPI — speaks to one API server, and says honestly what came of each call.
//
//   KubernetesClient   get, list, watch, create, update, apply, delete: one call each
//   KubernetesError    the ways in which a call ends badly; which of them may have been applied
//   SealedWriter       read, check the fence, edit, write under the resourceVersion, read back
//
// Every write has three results: applied, not applied, unknown. Nothing here decides what to do next.

package import HTTPMessages
package import JSONTree
package import Manifests
package import Timekeeping

/// What stands on everything that a run writes: whose it is, and how far its journal was.
package struct WriteSeal: Hashable, Sendable {
    package let run: String
    package let epoch: Int
    /// `sequence:hash` of the journal's head when the write was meant.
    package let head: String

    package init(run: String, epoch: Int, head: String) {
        self.run = run
        self.epoch = epoch
        self.head = head
    }

    package static let runAnnotation = "theseus.dev/run"
    package static let epochAnnotation = "theseus.dev/epoch"
    package static let headAnnotation = "theseus.dev/journal"
}
