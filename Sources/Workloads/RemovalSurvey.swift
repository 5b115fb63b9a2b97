internal import JSONTree
package import Manifests

/// What goes with the flow's version, and which other one stays.
package struct RemovalSurvey: Sendable {
    /// The Deployment that is to go; nil where it is gone already.
    package let deployment: KubernetesObject?
    /// Its autoscaler, the Deployment, and the budgets that mean its pods alone: in the order in
    /// which they go.
    package let removed: [KubernetesObject]
    /// Objects of the manifest that stay: others may use them.
    package let staying: [KubernetesObject]
    /// `namespace/name` of the Deployment that the flow means.
    package let name: String
    /// The pods that the Deployment has, and those of them that are ready.
    package let pods: Int
    package let ready: Int
    /// The version that stays; nil where there is no other.
    package let other: KubernetesObject?
    package let otherAutoscaler: KubernetesObject?
    package let isScaledByKEDA: Bool
    package let otherReady: Int
    package let services: [KubernetesObject]
    /// Whose pods the Services select.
    package let selections: ServiceSelections
    /// The Services besides the flow's that only ready pods of the version that goes answer.
    package let onlyGoings: [KubernetesObject]

    package init(_ scope: WorkloadScope, _ listing: WorkloadListing) throws(WorkloadRefusal) {
        guard let service = listing.service(scope.service) else {
            throw WorkloadRefusal(
                .noService, place: "\(scope.reference(.service, scope.service))")
        }
        let deployment = listing.deployment(scope.candidateName)
        self.deployment = deployment
        name = "\(scope.namespace)/\(scope.candidateName)"
        try Self.checkVersion(deployment, scope)
        let budgets = Self.budgets(of: deployment, scope, listing)
        let goes =
            (deployment == nil ? [] : listing.autoscalers(of: scope.candidateName))
            + [deployment].compactMap(\.self) + budgets
        for object in goes {
            guard let steward = Steward(of: object) else { continue }
            throw WorkloadRefusal(
                .sourceKeeps(by: steward),
                place: "\(object.kind) \(object.namespace)/\(object.name)")
        }
        removed = goes
        staying = listing.standing.filter { there in
            !goes.contains { $0.kind == there.kind && $0.name == there.name }
        }
        let pods = deployment.map { listing.pods(of: $0) } ?? []
        self.pods = pods.count { !$0.isBeingDeleted }
        ready = pods.count(where: \.isReadyPod)
        let other = try Self.other(scope, listing, service)
        self.other = other
        otherAutoscaler = other.flatMap { listing.autoscalers(of: $0.name).first }
        isScaledByKEDA = listing.areScaledByKEDA([other?.name ?? "", scope.candidateName])
        otherReady = other.map { listing.pods(of: $0).count(where: \.isReadyPod) } ?? 0
        selections = ServiceSelections(scope, listing, stable: other)
        onlyGoings = ServiceSelections.answered(
            onlyBy: deployment, besides: other?.templateLabels, listing, of: scope)
        services = listing.services.filter {
            LabelSelector(service: $0)?.matches(other?.templateLabels) ?? false
        }
    }

    /// The Deployment of that name must be of the version that the manifest says.
    private static func checkVersion(
        _ deployment: KubernetesObject?, _ scope: WorkloadScope
    ) throws(WorkloadRefusal) {
        guard let deployment else { return }
        let found = deployment.templateLabels?[scope.versionLabel]?.text
        guard found != scope.candidateVersion || found == nil else { return }
        let place = "\(scope.reference(.deployment, deployment.name))"
        guard let found else {
            throw WorkloadRefusal(
                .candidateWithoutVersion(label: scope.versionLabel), place: place)
        }
        throw WorkloadRefusal(
            .anotherVersion(found, manifest: scope.candidateVersion ?? "none"), place: place)
    }

    /// The manifest's budgets, where they mean pods of this Deployment and of no other.
    private static func budgets(
        of deployment: KubernetesObject?, _ scope: WorkloadScope, _ listing: WorkloadListing
    ) -> [KubernetesObject] {
        let labels = (deployment ?? scope.candidate).templateLabels
        let others = listing.deployments.filter { $0.name != scope.candidateName }
        return listing.disruptionBudgets.filter { budget in
            let isOfManifest = scope.candidateObjects.contains {
                $0.kind == budget.kind && $0.name == budget.name
            }
            guard isOfManifest, let selector = budget.podSelector else { return false }
            return selector.matches(labels)
                && !others.contains { selector.matches($0.templateLabels) }
        }
    }

    /// The named Deployment; else the only other one that the Service selects, those with ready
    /// pods first.
    private static func other(
        _ scope: WorkloadScope, _ listing: WorkloadListing, _ service: KubernetesObject
    ) throws(WorkloadRefusal) -> KubernetesObject? {
        guard let selector = LabelSelector(service: service) else {
            throw WorkloadRefusal(
                .selectsNothing, place: "\(scope.reference(.service, scope.service))")
        }
        let others = listing.deployments.filter {
            $0.name != scope.candidateName && selector.matches($0.templateLabels)
                && (scope.stable == nil || scope.stable == scope.candidateName
                    || scope.stable == $0.name)
        }
        let ready = others.filter { listing.pods(of: $0).contains(where: \.isReadyPod) }
        let found = ready.isEmpty ? others : ready
        guard found.count <= 1 else {
            throw WorkloadRefusal(
                .ambiguousStable(found.map(\.name).sorted()),
                place: "\(scope.reference(.service, scope.service))")
        }
        guard let other = found.first else { return nil }
        guard let version = other.templateLabels?[scope.versionLabel]?.text else {
            throw WorkloadRefusal(
                .stableWithoutVersion(label: scope.versionLabel),
                place: "\(scope.reference(.deployment, other.name))")
        }
        guard version != scope.candidateVersion else {
            throw WorkloadRefusal(
                .sameVersion(version), place: "\(scope.reference(.deployment, other.name))")
        }
        return other
    }

    /// So many ready pods of the version that stays carry what both have now; without users to move,
    /// or without another version, those that it has.
    package func needed(movesUsers: Bool, isSharing: Bool) -> Int {
        guard movesUsers, other != nil else { return otherReady }
        return isSharing ? otherReady + ready : max(otherReady, ready)
    }

    /// The autoscaler of the version that stays must allow so many pods.
    package func checkRoom(needed: Int) throws(WorkloadRefusal) {
        guard let bound = otherAutoscaler, needed > bound.maxReplicas else { return }
        throw WorkloadRefusal(
            .tooMany(needed: needed, maximum: bound.maxReplicas),
            place: "\(bound.kind) \(bound.namespace)/\(bound.name)")
    }

    /// Throws where a tool keeps the version that stays: it is written, too.
    package func requireUnkept() throws(WorkloadRefusal) {
        for object in [other, otherAutoscaler].compactMap(\.self) {
            guard let steward = Steward(of: object) else { continue }
            throw WorkloadRefusal(
                .kept(by: steward), place: "\(object.kind) \(object.namespace)/\(object.name)")
        }
    }

    package func backup(needed: Int) -> WorkloadBackup {
        WorkloadBackup(
            stable: other, autoscaler: otherAutoscaler, services: services, stableReady: needed,
            removed: removed)
    }
}
