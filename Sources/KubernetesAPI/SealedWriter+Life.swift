package import Manifests
internal import Timekeeping

extension SealedWriter {
    /// Makes an object that carries our run's seal.
    ///
    /// One that is there already and is ours is success; one that is not
    /// ours is `.conflict`, with whose it is.
    package func create(_ object: KubernetesObject, as kind: ResourceKind) async throws
        -> KubernetesObject
    {
        let reference = object.reference(as: kind)
        var backoff = client.backoff
        var isInDoubt = false
        while true {
            try Task.checkCancellation()
            do {
                if isInDoubt, let there = try await client.get(reference),
                    !there.isBeingDeleted
                {
                    return try ours(there, reference)
                }
                return try await post(object, reference)
            } catch let error as KubernetesError where error.code == .conflict {
                let there = try await client.patiently { try await $0.get(reference) }
                if let there, !there.isBeingDeleted { return try ours(there, reference) }
                try await backoff.wait(after: error, by: time)  // it is just going
            } catch let error as KubernetesError where error.isPassing {
                isInDoubt = isInDoubt || error.leavesInDoubt
                try await backoff.wait(after: error, by: time)
            }
        }
    }

    /// Deletes the object if it is there and `condition` holds for it; then waits until it is gone.
    ///
    /// Gone means: not there, or there under another uid. The condition is asked of every newer
    /// version; where it fails nothing is deleted.
    /// What carries the seal of an `ended` run is removed too. `before` is asked anew ahead of every
    /// attempt, and what it throws ends the call.
    package func remove(
        _ reference: ObjectReference, over ended: [String] = [],
        before: (@Sendable () async throws -> Void)? = nil,
        where condition: @Sendable (KubernetesObject) -> Bool
    ) async throws {
        var backoff = client.backoff
        var target: String?
        var wasAccepted = false
        while true {
            try Task.checkCancellation()
            do {
                guard let object = try await client.get(reference),
                    target == nil || target == object.uid, condition(object)
                else { return }
                try Self.checkFence(object, seal(), "DELETE \(reference)", over: ended)
                target = object.uid
                if object.isBeingDeleted || wasAccepted {
                    wasAccepted = false  // if it is still untouched after the wait: once more
                    try await time.sleep(for: .milliseconds(500))
                } else {
                    try await before?()
                    try await delete(object, reference)
                    wasAccepted = true
                }
            } catch let error as KubernetesError where error.code == .notFound {
                return
            } catch let error as KubernetesError where error.isPassing {
                try await backoff.wait(after: error, by: time)
            }
        }
    }

    /// What is there under the name of what we make: ours, or the reason why it is not.
    private func ours(_ there: KubernetesObject, _ reference: ObjectReference)
        throws(KubernetesError) -> KubernetesObject
    {
        let seal = seal()
        if there.seal?.run == seal.run {
            try Self.checkFence(there, seal, "POST \(reference)")
            return there
        }
        var whose = "it exists and is not of this run"
        if let run = there.seal?.run { whose = "it exists and is of run \(run)" }
        if let manager = there.lastWriter { whose += "; last written by \(manager)" }
        throw KubernetesError(.conflict, place: "POST \(reference)", detail: whose)
    }

    private func post(_ object: KubernetesObject, _ reference: ObjectReference) async throws
        -> KubernetesObject
    {
        try await turnstile.enter()
        defer { turnstile.leave() }
        do {
            let made = try await client.create(object.sealed(seal()), as: reference.kind)
            note(.create, reference, .applied, made.resourceVersion)
            return made
        } catch {
            note(.create, reference, WriteNote.Outcome(error), "")
            throw error
        }
    }

    private func delete(_ object: KubernetesObject, _ reference: ObjectReference) async throws {
        try await turnstile.enter()
        defer { turnstile.leave() }
        do {
            try await client.delete(object, as: reference.kind)
            note(.delete, reference, .applied, object.resourceVersion)
        } catch {
            note(.delete, reference, WriteNote.Outcome(error), object.resourceVersion)
            throw error
        }
    }
}
