package import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
package import Manifests

/// What a run would stand on, and every reason why it may not begin.
package struct WorkloadSurvey: Sendable {
    /// What the flow says about these questions.
    package struct Terms: Sendable {
        package var highestWeight: TrafficWeight
        /// The flow says `gitops`: what others keep may be worked with.
        package var mayBeKept: Bool
        /// There is to be no stable version.
        package var isFirstRelease: Bool
        package var mayBeUnfit: Bool

        package init(
            highestWeight: TrafficWeight = .all, mayBeKept: Bool = false,
            isFirstRelease: Bool = false, mayBeUnfit: Bool = false
        ) {
            self.highestWeight = highestWeight
            self.mayBeKept = mayBeKept
            self.isFirstRelease = isFirstRelease
            self.mayBeUnfit = mayBeUnfit
        }
    }

    /// nil on a first release, or where a refusal says why there is none.
    package let stable: KubernetesObject?
    package let autoscaler: KubernetesObject?
    /// KEDA scales stable, or is to scale the candidate.
    package let isScaledByKEDA: Bool
    /// The flow's Service's selector; nil where it is not there, or selects nothing.
    package let serviceSelector: LabelSelector?
    /// The Services that select stable's pods.
    package let services: [KubernetesObject]
    /// Whose pods the Services select.
    package let selections: ServiceSelections
    /// The Services besides the flow's that only stable's ready pods answer.
    package let onlyStables: [KubernetesObject]
    /// Stable's ready pods.
    package let readyPods: Int
    /// In the order in which people should mend them; empty: the run may begin.
    package let refusals: [WorkloadRefusal]

    package init(_ scope: WorkloadScope, _ listing: WorkloadListing, terms: Terms = Terms()) {
        var refusals: [WorkloadRefusal] = []
        let service = listing.service(scope.service) ?? scope.ownService
        if service == nil {
            let place = "\(scope.reference(.service, scope.service))"
            refusals.append(WorkloadRefusal(.noService, place: place))
        }
        serviceSelector = service.flatMap(LabelSelector.init(service:))
        var stable: KubernetesObject?
        if !terms.isFirstRelease {
            do {
                stable = try Self.stable(scope, listing)
            } catch {
                if service != nil || error.code != .noStable { refusals.append(error) }
            }
        }
        self.stable = stable
        autoscaler = stable.flatMap { listing.autoscalers(of: $0.name).first }
        isScaledByKEDA =
            listing.areScaledByKEDA([stable?.name ?? "", scope.candidateName])
            || scope.ownAutoscaler?.isScaledObject == true
        services = stable.map { Self.services(of: $0, listing) } ?? []
        selections = ServiceSelections(scope, listing, stable: stable)
        onlyStables = ServiceSelections.answered(
            onlyBy: stable, besides: scope.candidate.templateLabels, listing, of: scope)
        readyPods = stable.map { listing.pods(of: $0).count(where: \.isReadyPod) } ?? 0
        self.refusals =
            refusals
            + SurveyQuestions(
                scope: scope, listing: listing, terms: terms, stable: stable,
                autoscaler: autoscaler, readyPods: readyPods
            ).refusals
    }

    /// Throws the first refusal.
    package func check() throws(WorkloadRefusal) {
        if let first = refusals.first { throw first }
    }

    /// The Deployment that users have: the named one, or the only one that the Service selects and
    /// that is not the candidate.
    ///
    /// Deployments without pods count only where there is no other.
    package static func stable(_ scope: WorkloadScope, _ listing: WorkloadListing)
        throws(WorkloadRefusal) -> KubernetesObject
    {
        let place = "\(scope.reference(.service, scope.service))"
        if let name = scope.stable {
            guard let stable = listing.deployment(name) else {
                throw WorkloadRefusal(
                    .noStable, place: "\(scope.reference(.deployment, name))")
            }
            return stable
        }
        guard let service = listing.service(scope.service) else {
            throw WorkloadRefusal(.noStable, place: place)
        }
        guard let selector = LabelSelector(service: service) else {
            throw WorkloadRefusal(.selectsNothing, place: place)
        }
        let others = listing.deployments.filter {
            selector.matches($0.templateLabels)
                && !($0.name == scope.candidateName && $0.seal?.run == scope.run)
        }
        let peopled = others.filter { $0.replicas > 0 || !listing.pods(of: $0).isEmpty }
        let candidates = peopled.isEmpty ? others : peopled
        guard let found = candidates.first else { throw WorkloadRefusal(.noStable, place: place) }
        guard candidates.count == 1 else {
            // One with the candidate's own version is for another refusal to name.
            let older = candidates.filter {
                $0.templateLabels?[scope.versionLabel]?.text != scope.candidateVersion
                    && $0.name != scope.candidateName
            }
            if let only = older.first, older.count == 1 { return only }
            let names = candidates.map(\.name).sorted()
            throw WorkloadRefusal(.ambiguousStable(names), place: place)
        }
        return found
    }

    private static func services(of stable: KubernetesObject, _ listing: WorkloadListing)
        -> [KubernetesObject]
    {
        listing.services.filter {
            LabelSelector(service: $0)?.matches(stable.templateLabels) ?? false
        }
    }
}
