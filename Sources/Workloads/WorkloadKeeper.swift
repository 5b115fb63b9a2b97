internal import CanaryEngine
internal import JSONTree
package import KubernetesAPI
package import Manifests
package import Timekeeping

/// Carries out what a run wants of the pods of its two versions.
///
/// Every verb may be called twice: it reads what is there and does the rest. Every wait looks again
/// and again, more rarely where a watch says when it is worth while, has no deadline of its own, and
/// ends when it is called off. What the machine must hear is a
/// `Setback`; a `KubernetesError` that will not pass goes through as it is.
package struct WorkloadKeeper: Sendable {
    package let scope: WorkloadScope
    let writer: SealedWriter
    let time: any Timekeeper
    let poll: Duration

    package init(
        scope: WorkloadScope, writer: SealedWriter, time: any Timekeeper,
        poll: Duration = .seconds(1)
    ) {
        self.scope = scope
        self.writer = writer
        self.time = time
        self.poll = poll
    }

    /// Stands where we moved a floor, with the number that we gave it: only such a field is ours.
    static let floorAnnotation = WriteSeal.prefix + "floor"

    /// Stands on the candidate's autoscaler: the maximum that the run gave it.
    static let ceilingAnnotation = WriteSeal.prefix + "ceiling"

    /// So long nobody looks while pods must come or go, and a watch would tell.
    private var watchedPoll: Duration { poll * 5 }

    /// The rest before the next look; a long one where it takes news of pods to change anything.
    func rest(_ bell: Doorbell, pods isAboutPods: Bool, atMost limit: Duration? = nil)
        async throws
    {
        let longest = min(isAboutPods ? watchedPoll : poll, max(limit ?? watchedPoll, .zero))
        try await bell.rest(min(poll, longest), atMost: longest, unwatched: min(poll, longest))
    }

    // MARK: Looking

    package func survey(_ terms: WorkloadSurvey.Terms = WorkloadSurvey.Terms()) async throws
        -> WorkloadSurvey
    {
        WorkloadSurvey(
            scope, try await WorkloadListing(of: scope, from: writer.client), terms: terms)
    }

    /// Copies what the run may touch; writes nothing.
    package func backUp(isFirstRelease: Bool = false) async throws -> WorkloadBackup {
        let survey = try await survey(.init(isFirstRelease: isFirstRelease))
        if survey.stable == nil, !isFirstRelease {
            throw Setback(.fault, "there is no stable Deployment any more")
        }
        return WorkloadBackup(
            stable: survey.stable, autoscaler: survey.autoscaler, services: survey.services,
            stableReady: survey.readyPods)
    }

    /// The name of stable's Deployment; nil where there is none.
    package func stableName() async throws -> String? {
        if scope.stable != nil || scope.isRemoval { return scope.stable }
        let listing = try await WorkloadListing(of: scope, from: writer.client)
        do {
            return try WorkloadSurvey.stable(scope, listing).name
        } catch {
            if error.code == .noStable { return nil }
            throw error
        }
    }

    /// Pods of the Deployment that are ready and not on their way out; 0 where it is not there.
    package func readyPods(ofDeployment name: String) async throws -> Int {
        guard let deployment = try await get(.deployment, name) else { return 0 }
        // Those beyond what is asked for are about to go.
        return min(try await pods(of: deployment).count(where: \.isReadyPod), deployment.replicas)
    }

    /// The same by a Deployment that somebody has seen, for an account that may not read it now.
    package func readyPods(like deployment: KubernetesObject) async throws -> Int {
        try await pods(of: deployment).count(where: \.isReadyPod)
    }

    /// Does `work`, which waits for pods that this selector means, while these are watched.
    package func watchingPods<Value: Sendable>(
        of deployment: KubernetesObject?,
        _ work: @escaping @Sendable (Doorbell) async throws -> Value
    ) async throws -> Value {
        try await writer.client.watching(
            .pod, namespace: scope.namespace,
            selector: deployment?.podSelector?.equalities ?? [], after: poll * 3, work)
    }

    /// What the keeper knows of a Deployment before it looks: the candidate's is the manifest's.
    func known(_ deployment: String) async throws -> KubernetesObject? {
        if deployment == scope.candidateName { return scope.candidate }
        return try await get(.deployment, deployment)
    }

    func get(_ kind: ResourceKind, _ name: String) async throws -> KubernetesObject? {
        let reference = scope.reference(kind, name)
        return try await writer.client.patiently { try await $0.get(reference) }
    }

    /// The Deployment's own pods, as long as they have its version label.
    ///
    /// Pods of others with the same labels are never waited for, and carry nothing.
    func pods(of deployment: KubernetesObject) async throws -> [KubernetesObject] {
        guard let selector = deployment.podSelector else { return [] }
        return own(try await pods(selector), of: deployment)
    }

    /// All pods that a selector means, whoever made them.
    func pods(_ selector: LabelSelector) async throws -> [KubernetesObject] {
        let namespace = scope.namespace
        return try await writer.client.patiently {
            try await $0.list(.pod, namespace: namespace, selector: selector.equalities).items
        }.filter { selector.matches($0.tree.at("metadata", "labels")) }
    }

    /// The Deployment's own among these.
    func own(_ pods: [KubernetesObject], of deployment: KubernetesObject) -> [KubernetesObject] {
        let selector = deployment.podSelector
        let version = deployment.templateLabels?[scope.versionLabel]?.text
        let name = deployment.name
        return pods.filter {
            $0.isPod(ofDeployment: name)
                && (selector?.matches($0.tree.at("metadata", "labels")) ?? false)
                && (version == nil || $0.label(scope.versionLabel) == version)
        }
    }
}
