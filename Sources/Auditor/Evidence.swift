package import CanaryEngine
package import Chronicle
package import Manifests

/// One version of one object, as the cluster stored it.
package struct StoredObject: Hashable, Sendable {
    package let revision: Int
    /// Milliseconds since 1970.
    package let date: Int
    package let reference: ObjectReference
    /// nil: it was removed.
    package let object: KubernetesObject?
    /// Who wrote it, as the server noted.
    package let manager: String

    package init(
        revision: Int, date: Int, reference: ObjectReference, object: KubernetesObject?,
        manager: String
    ) {
        self.revision = revision
        self.date = date
        self.reference = reference
        self.object = object
        self.manager = manager
    }
}

/// Everything that an audit may look at.
package struct Evidence: Sendable {
    package var namespace: String
    package var service: String
    package var run: String
    /// Oldest first; the objects that stood at the beginning included.
    package var history: [StoredObject]
    package var facts: [LoggedFact]
    /// The run is over: the end is judged too.
    package var isOver: Bool
    /// Somebody else edited or broke things on purpose: what they did is not ours.
    package var hasForeignHands: Bool
    /// So many milliseconds after it was stored a version may have been heard of, and bear that date.
    package var hearsay = 0
    /// nil: whether the run took too long is not judged.
    package var plan: RunPlan?
    /// The Deployment that the run is to take away; nil for a release.
    package var removes: String?

    package init(
        namespace: String, service: String, run: String, history: [StoredObject],
        facts: [LoggedFact], isOver: Bool = true, hasForeignHands: Bool = false,
        plan: RunPlan? = nil
    ) {
        self.namespace = namespace
        self.service = service
        self.run = run
        self.history = history
        self.facts = facts
        self.isOver = isOver
        self.hasForeignHands = hasForeignHands
        self.plan = plan
    }
}
