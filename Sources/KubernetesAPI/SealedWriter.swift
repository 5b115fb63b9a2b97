internal import JSONTree
package import Manifests
package import Timekeeping

/// Writes for one holder of one run: read, check the fence, edit, seal, write under the
/// resourceVersion; on an unknown result read back before trying again.
///
/// At most one write is in flight.
/// Loops over what passes (429 with its Retry-After, 5xx, no answer, 409) until it is called off:
/// the machine's deadline ends it, not a count of tries.
///
/// A write that was called off or got no answer may still land later, as long as the object keeps
/// the resourceVersion that it was meant for. The next `change` of that object therefore writes in
/// any case, even where its edit changes nothing: then the late one meets a newer version.
package actor SealedWriter {
    package nonisolated let client: KubernetesClient
    let time: any Timekeeper
    let seal: @Sendable () -> WriteSeal
    private let observe: (@Sendable (WriteNote) -> Void)?
    let turnstile = Turnstile()
    /// Per object the resourceVersion under which a write of ours may still land.
    private var inDoubt: [ObjectReference: String] = [:]

    /// `seal` is asked anew before every write; `observe` hears what came of each.
    package init(
        client: KubernetesClient, time: any Timekeeper, seal: @escaping @Sendable () -> WriteSeal,
        observe: (@Sendable (WriteNote) -> Void)? = nil
    ) {
        self.client = client
        self.time = time
        self.seal = seal
        self.observe = observe
    }

    /// Edits one object; an edit that changes nothing writes nothing.
    ///
    /// nil where the object is not there.
    /// `edit` is called again on each newer version of the object; what it throws ends the call.
    /// With `mustBeSealed` a write to an object that lost our seal is `.fenced(by: "")`.
    /// `before` is asked anew ahead of every attempt to write, and what it throws ends the call:
    /// what held when the first attempt was made may not hold any more two minutes later.
    /// `seen` is what a look of just now found: the first attempt edits it, and the resourceVersion
    /// tells whether it still stands. That nothing need be written is decided by a look of our own.
    package func change(
        _ reference: ObjectReference, seen: KubernetesObject? = nil, mustBeSealed: Bool = false,
        before: (@Sendable () async throws -> Void)? = nil,
        _ edit: @Sendable (KubernetesObject) throws -> KubernetesObject
    ) async throws -> KubernetesObject? {
        try await rewrite(
            reference, Manner(seen: seen, mustBeSealed: mustBeSealed, before: before), edit)
    }

    /// Puts our seal on an object, or raises it to our epoch; nil where the object is not there.
    ///
    /// From then on no older holder can write it. Seals of `ended` runs are taken over.
    package func claim(
        _ reference: ObjectReference, seen: KubernetesObject? = nil, over ended: [String] = []
    ) async throws -> KubernetesObject? {
        try await rewrite(reference, Manner(seen: seen, isClaim: true, ended: ended)) { $0 }
    }

    /// Takes every annotation of ours off an object that carries our run's seal.
    package func unseal(_ reference: ObjectReference, seen: KubernetesObject? = nil) async throws {
        let run = seal().run
        _ = try await rewrite(reference, Manner(seen: seen, isUnsealing: true)) { object in
            object.seal?.run == run ? object.unsealed : object
        }
    }

    /// How one `rewrite` differs from a plain change.
    private struct Manner {
        var seen: KubernetesObject?
        var mustBeSealed = false
        var before: (@Sendable () async throws -> Void)?
        var isClaim = false
        var isUnsealing = false
        var ended: [String] = []
    }

    private func rewrite(
        _ reference: ObjectReference, _ manner: Manner,
        _ edit: @Sendable (KubernetesObject) throws -> KubernetesObject
    ) async throws -> KubernetesObject? {
        var backoff = client.backoff
        var seen = manner.seen
        while true {
            try Task.checkCancellation()
            do {
                // Where a write of ours may still land, only what stands now can tell.
                let early = inDoubt[reference] == nil ? seen : nil
                seen = nil
                guard let object = try await look(reference, orTake: early) else {
                    inDoubt[reference] = nil
                    return nil
                }
                let wanted: KubernetesObject
                switch try plan(object, reference, manner, edit) {
                case .leave where early != nil: continue
                case .leave: return object
                case .write(let edited): wanted = edited
                }
                try await manner.before?()
                return try await put(wanted, reference)
            } catch let error as KubernetesError
                where error.isPassing || error.code == .notFound  // deleted in between
            {
                try await backoff.wait(after: error, by: time)
            }
        }
    }

    private func look(_ reference: ObjectReference, orTake seen: KubernetesObject?) async throws
        -> KubernetesObject?
    {
        if let seen { return seen }
        return try await client.get(reference)
    }

    private enum Intent {
        case leave
        case write(KubernetesObject)
    }

    private func plan(
        _ object: KubernetesObject, _ reference: ObjectReference, _ manner: Manner,
        _ edit: (KubernetesObject) throws -> KubernetesObject
    ) throws -> Intent {
        let seal = seal()
        if manner.isUnsealing, object.seal?.run != seal.run { return .leave }
        try Self.checkFence(
            object, seal, "PUT \(reference)", over: manner.isClaim ? manner.ended : [])
        let edited = try edit(object)
        let lateOneMayLand = inDoubt[reference] == object.resourceVersion
        if !lateOneMayLand { inDoubt[reference] = nil }
        let isOurs = object.seal?.run == seal.run && object.seal?.epoch == seal.epoch
        let isSame: Bool =
            if manner.isUnsealing {
                edited.tree.isSame(as: object.tree)
            } else {
                edited.bare.tree.isSame(as: object.bare.tree)
                    && (isOurs || !manner.isClaim)
            }
        if isSame, !lateOneMayLand { return .leave }
        if manner.mustBeSealed, object.seal == nil {
            throw KubernetesError(
                .fenced(by: ""), place: "PUT \(reference)",
                detail: "it carries no seal" + Self.otherWriter(of: object))
        }
        var wanted = manner.isUnsealing ? edited : edited.sealed(seal)
        wanted.tree.set(
            .string(object.resourceVersion), at: "metadata", "resourceVersion")
        if wanted.tree.isSame(as: object.tree) {
            // The server would take an equal object without a new resourceVersion.
            let nudges = object.annotation(WriteSeal.nudgeAnnotation).flatMap { Int($0) } ?? 0
            wanted.annotate(WriteSeal.nudgeAnnotation, "\(nudges &+ 1)")
        }
        return .write(wanted)
    }

    /// Who signed last, at the end of a sentence; taking something away leaves no signature, so our
    /// own says nothing.
    private static func otherWriter(of object: KubernetesObject) -> String {
        guard let writer = object.lastWriter, writer != "theseus" else { return "" }
        return "; last written by \(writer)"
    }

    static func checkFence(
        _ object: KubernetesObject, _ ours: WriteSeal, _ place: String, over ended: [String] = []
    ) throws(KubernetesError) {
        guard let theirs = object.seal else { return }
        if theirs.run == ours.run ? theirs.epoch <= ours.epoch : ended.contains(theirs.run) {
            return
        }
        let detail =
            theirs.run == ours.run
            ? "it carries epoch \(theirs.epoch), we hold \(ours.epoch)"
            : "it carries the seal of run \(theirs.run)"
        throw KubernetesError(.fenced(by: theirs.run), place: place, detail: detail)
    }

    private func put(_ object: KubernetesObject, _ reference: ObjectReference) async throws
        -> KubernetesObject
    {
        try await turnstile.enter()
        defer { turnstile.leave() }
        inDoubt[reference] = object.resourceVersion
        do {
            let written = try await client.update(object, as: reference.kind)
            inDoubt[reference] = nil
            note(.update, reference, .applied, written.resourceVersion)
            return written
        } catch {
            if !error.leavesInDoubt { inDoubt[reference] = nil }
            note(.update, reference, WriteNote.Outcome(error), object.resourceVersion)
            throw error
        }
    }

    func note(
        _ verb: WriteNote.Verb, _ reference: ObjectReference, _ outcome: WriteNote.Outcome,
        _ resourceVersion: String
    ) {
        observe?(
            WriteNote(
                verb: verb, reference: reference, outcome: outcome,
                resourceVersion: resourceVersion))
    }
}
