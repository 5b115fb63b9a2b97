internal import JSONTree
package import Manifests

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
    /// Only there to make a write differ from what stands; see `SealedWriter`.
    static let nudgeAnnotation = "theseus.dev/nudge"

    /// All annotations of ours begin so; other rooms have more of them.
    package static let prefix = "theseus.dev/"
}

extension KubernetesObject {
    /// The seal that stands on the object; nil where no run has written.
    ///
    /// An epoch that cannot be read is the highest: rather stop than write over a newer holder.
    package var seal: WriteSeal? {
        guard let run = annotation(WriteSeal.runAnnotation) else { return nil }
        let epoch = annotation(WriteSeal.epochAnnotation).map { Int($0) ?? .max } ?? 0
        return WriteSeal(
            run: run, epoch: epoch, head: annotation(WriteSeal.headAnnotation) ?? "")
    }

    /// The same object under this seal.
    package func sealed(_ seal: WriteSeal) -> KubernetesObject {
        var object = self
        object.annotate(WriteSeal.runAnnotation, seal.run)
        object.annotate(WriteSeal.epochAnnotation, "\(seal.epoch)")
        object.annotate(WriteSeal.headAnnotation, seal.head)
        return object
    }

    /// The same object without any annotation of ours.
    package var unsealed: KubernetesObject {
        var object = self
        object.removeAnnotations { $0.hasPrefix(WriteSeal.prefix) }
        return object
    }

    /// Without the seal, but with the other annotations of ours.
    var bare: KubernetesObject {
        var object = self
        object.removeAnnotations { key in
            key == WriteSeal.runAnnotation || key == WriteSeal.epochAnnotation
                || key == WriteSeal.headAnnotation || key == WriteSeal.nudgeAnnotation
        }
        return object
    }
}
