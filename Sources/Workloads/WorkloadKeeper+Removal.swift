internal import CanaryEngine
internal import KubernetesAPI
internal import Manifests

/// A removal: the candidate stood before the run, and goes with what is its own.
extension WorkloadKeeper {
    package func surveyRemoval() async throws -> RemovalSurvey {
        try RemovalSurvey(scope, try await WorkloadListing(of: scope, from: writer.client))
    }

    /// Sees that the version that stays has so many ready pods, and raises its floor where it has
    /// not; how many it has.
    package func makeWay(for needed: Int, _ terms: ReadyTerms) async throws -> Int {
        guard let stable = scope.stable else { return 0 }
        try await raiseFloor(stable, to: needed)
        return try await awaitCapacity(stable, needed, terms)
    }

    /// Removes exactly what the backup has, by uid; then waits until the pods are gone.
    ///
    /// How many pods were still ending after `patience`.
    @discardableResult
    package func removeVersion(
        _ backup: WorkloadBackup, patience: Duration? = nil
    ) async throws -> Int {
        var left = 0
        for object in backup.removed {
            let uid = object.uid
            guard let kind = ResourceKind.named(apiVersion: object.apiVersion, kind: object.kind)
            else { continue }
            try await writer.remove(object.reference(as: kind)) { $0.uid == uid }
            if kind.isSame(as: .deployment) {
                left = try await awaitGone(object, patience: patience)
            }
        }
        return left
    }

    /// Gives the autoscaler of the version that stays its minimum back.
    ///
    /// Without one its replicas stay as many as they are: it carries more than it did.
    package func releaseStable(_ backup: WorkloadBackup) async throws {
        let kept = WorkloadBackup(
            stable: nil, autoscaler: backup.autoscaler, services: [], stableReady: 0)
        try await restoreStable(kept)
    }
}
