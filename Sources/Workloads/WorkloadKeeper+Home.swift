internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

extension WorkloadKeeper {
    /// Gives stable's autoscaler, or without one its Deployment, the floor that the backup has.
    ///
    /// Only a floor that we moved, and that nobody moved since, goes back; what else was edited
    /// meanwhile stays, and `verify` names it.
    package func restoreStable(_ backup: WorkloadBackup) async throws {
        if let autoscaler = backup.autoscaler {
            try await restore(autoscaler, .autoscaler)
        }
        guard let stable = backup.stable else { return }
        try await restore(stable, .deployment, isScaled: backup.autoscaler != nil)
    }

    /// Replicas that an autoscaler moves are nobody's to put back: only our note goes.
    private func restore(
        _ original: KubernetesObject, _ kind: ResourceKind, isScaled: Bool = false
    ) async throws {
        let (uid, candidate) = (original.uid, scope.candidateName)
        _ = try await writer.change(original.reference(like: kind)) { object in
            guard object.uid == uid else { return object }
            if isScaled {
                var object = object
                object.annotate(Self.floorAnnotation, nil)
                return object
            }
            return Floor.of(object, candidate: candidate).putBack(original, on: object)
        }
    }

    /// Removes the old version once the new one is promoted: exactly the backup's Deployment and
    /// autoscaler, by uid.
    ///
    /// `holds` is asked ahead of every attempt, and what it throws keeps the rest. How many pods were
    /// still ending after `patience`.
    @discardableResult
    package func removeStable(
        _ backup: WorkloadBackup, patience: Duration? = nil,
        while holds: (@Sendable () async throws -> Void)? = nil
    ) async throws -> Int {
        if let autoscaler = backup.autoscaler {
            try await remove(autoscaler, .autoscaler, while: holds)
        }
        if let stable = backup.stable {
            try await remove(stable, .deployment, while: holds)
            return try await awaitGone(stable, patience: patience)
        }
        return 0
    }

    private func remove(
        _ object: KubernetesObject, _ kind: ResourceKind,
        while holds: (@Sendable () async throws -> Void)?
    ) async throws {
        let uid = object.uid
        try await writer.remove(object.reference(like: kind), before: holds) { $0.uid == uid }
    }

    /// Whether everything is as the backup has it: one sentence for each difference, none if so.
    ///
    /// What a late create of this run left behind is removed first, as often as it is found.
    package func verify(_ backup: WorkloadBackup) async throws -> [String] {
        if try await !leftovers().isEmpty { try await removeCandidate() }
        var differences = try await unsealed()
        let strangers = try await candidateStrangers()
        if !strangers.isEmpty {
            differences.append(
                "not this run's, with the candidate's labels, and still there: "
                    + Stranger.list(strangers))
        }
        if let stable = backup.stable {
            differences += try await compare(
                stable, .deployment, but: backup.autoscaler == nil ? [] : ["spec.replicas"])
        }
        if let autoscaler = backup.autoscaler {
            differences += try await compare(autoscaler, .autoscaler)
        }
        for service in backup.services {
            differences += try await compare(service, .service)
        }
        return differences
    }

    /// What stands under a name of ours without our seal: somebody took it off, or made it anew.
    ///
    /// Never removed, since nothing says that it is ours; but never left unsaid either.
    private func unsealed() async throws -> [String] {
        var found: [String] = []
        for (object, kind) in removable where WorkloadScope.ownOnly.contains(kind.kind) {
            let kind = try await served(kind)
            guard let there = try await get(kind, object.name) else { continue }
            let name = "\(there.reference(as: kind))"
            found.append("\(name) does not carry our seal (any more) and was not removed")
        }
        return found
    }

    private func compare(
        _ original: KubernetesObject, _ kind: ResourceKind, but ignored: [String] = []
    ) async throws -> [String] {
        let name = "\(original.reference(like: kind))"
        guard let object = try await get(original.reference(like: kind).kind, original.name) else {
            return ["\(name) is gone"]
        }
        if object.uid != original.uid { return ["\(name) was removed and made anew"] }
        let found = TreeDifference.between(original.tree["spec"], object.tree["spec"], at: "spec")
            .filter { !ignored.contains($0.path) }
        let pauses = object.isScaledObject ? Floor.differences(original, object) : []
        let said = found.map { "\($0)" } + pauses
        guard !said.isEmpty else { return [] }
        let writer = object.lastWriter.flatMap { $0 == "theseus" ? nil : " (written by \($0))" }
        return said.map { "\(name): \($0)\(writer ?? "")" }
    }
}
