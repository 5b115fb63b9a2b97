internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

/// The questions that a survey asks, each with the refusal that a wrong answer brings.
struct SurveyQuestions {
    let scope: WorkloadScope
    let listing: WorkloadListing
    let terms: WorkloadSurvey.Terms
    let stable: KubernetesObject?
    let autoscaler: KubernetesObject?
    let readyPods: Int

    var refusals: [WorkloadRefusal] {
        var all: [WorkloadRefusal] = []
        if let stable { all += names(stable) + labels(of: stable) }
        all += candidateLabels + strangers
        if let stable { all += selectors(stable) }
        all += standing + strangeAutoscalers
        if let stable { all += kept(stable) + numbers(stable) }
        return all
    }

    private var candidatePlace: String {
        "\(scope.reference(.deployment, scope.candidateName)) in the candidate's manifest"
    }

    private func place(_ kind: ResourceKind, _ object: KubernetesObject) -> String {
        "\(object.reference(as: kind))"
    }

    private func names(_ stable: KubernetesObject) -> [WorkloadRefusal] {
        if stable.name == scope.candidateName {
            return [WorkloadRefusal(.sameName, place: candidatePlace)]
        }
        guard let version = scope.candidateVersion,
            version == stable.templateLabels?[scope.versionLabel]?.text
        else { return [] }
        return [WorkloadRefusal(.sameVersion(version), place: candidatePlace)]
    }

    private func labels(of stable: KubernetesObject) -> [WorkloadRefusal] {
        let label = scope.versionLabel
        let place = place(.deployment, stable)
        guard stable.templateLabels?[label] != nil else {
            return [WorkloadRefusal(.stableWithoutVersion(label: label), place: place)]
        }
        let bare = listing.pods(of: stable).filter { !$0.isBeingDeleted && $0.label(label) == nil }
        guard !bare.isEmpty else { return [] }
        let pods = bare.map(\.name).sorted()
        return [
            WorkloadRefusal(.podsWithoutVersion(label: label, pods: pods), place: place)
        ]
    }

    private var candidateLabels: [WorkloadRefusal] {
        let label = scope.versionLabel
        var found: [WorkloadRefusal] = []
        if scope.candidateVersion == nil {
            found.append(
                WorkloadRefusal(.candidateWithoutVersion(label: label), place: candidatePlace))
        }
        if let service = listing.service(scope.service) ?? scope.ownService {
            let selects = LabelSelector(service: service)?.matches(scope.candidate.templateLabels)
            if selects != true {
                found.append(
                    WorkloadRefusal(.notSelected(service: service.name), place: candidatePlace))
            }
        }
        return found
    }

    /// Pods and Deployments that the mesh cannot tell from the candidate.
    ///
    /// Of stable's labels others may have pods: they were users' before the run.
    private var strangers: [WorkloadRefusal] {
        guard let version = scope.candidateVersion,
            let service = listing.service(scope.service) ?? scope.ownService,
            let finder = scope.finder(LabelSelector(service: service), version)
        else { return [] }
        let known = [stable?.name, scope.candidateName].compactMap(\.self)
        let pods = listing.pods.filter { pod in
            pod.mayServe && finder.matches(pod.tree.at("metadata", "labels"))
                && !known.contains { pod.isPod(ofDeployment: $0) }
        }
        let empty = listing.deployments.filter {
            !known.contains($0.name) && !$0.isBeingDeleted && finder.matches($0.templateLabels)
                && listing.pods(of: $0).isEmpty
        }
        let all = pods.map(Stranger.init(pod:)) + empty.map(Stranger.init(emptyDeployment:))
        return all.isEmpty ? [] : [WorkloadRefusal(.strangers(all), place: candidatePlace)]
    }

    /// Deployments and budgets that cannot tell the two versions apart.
    private func selectors(_ stable: KubernetesObject) -> [WorkloadRefusal] {
        guard stable.name != scope.candidateName else { return [] }
        let ours = scope.candidate.templateLabels
        let theirs = stable.templateLabels
        var found: [WorkloadRefusal] = []
        if stable.podSelector?.matches(ours) ?? false {
            found.append(
                WorkloadRefusal(
                    .selectorMatchesOther(scope.candidateName), place: place(.deployment, stable)))
        }
        if scope.candidate.podSelector?.matches(theirs) ?? false {
            found.append(
                WorkloadRefusal(.selectorMatchesOther(stable.name), place: candidatePlace))
        }
        for budget in listing.disruptionBudgets where budget.seal?.run != scope.run {
            guard let selector = budget.podSelector, selector.matches(theirs),
                selector.matches(ours)
            else { continue }
            found.append(
                WorkloadRefusal(
                    .selectorMatchesOther(scope.candidateName),
                    place: place(.disruptionBudget, budget)))
        }
        for budget in scope.candidateObjects
        where budget.kind == ResourceKind.disruptionBudget.kind {
            guard budget.podSelector?.matches(theirs) ?? false else { continue }
            found.append(
                WorkloadRefusal(
                    .selectorMatchesOther(stable.name),
                    place: "\(place(.disruptionBudget, budget)) in the candidate's manifest"))
        }
        return found
    }

    /// What stands where the manifest's objects are to be: ours, equal, or in the way.
    ///
    /// A Deployment or autoscaler is in the way even where it is equal: a run scales and removes
    /// only what it made.
    private var standing: [WorkloadRefusal] {
        scope.candidateObjects.compactMap { wanted in
            guard wanted.name != stable?.name || wanted.kind != ResourceKind.deployment.kind,
                let there = listing.standing.first(where: {
                    $0.kind == wanted.kind && $0.name == wanted.name
                }), there.seal?.run != scope.run
            else { return nil }
            let place = "\(there.kind) \(there.namespace)/\(there.name)"
            let difference = Sameness.firstDifference(wanted, there)
            if difference == nil, !WorkloadScope.ownOnly.contains(there.kind) { return nil }
            return WorkloadRefusal(.exists(differingAt: difference), place: place)
        }
    }

    /// Autoscalers of the candidate that neither this run nor its manifest brings.
    private var strangeAutoscalers: [WorkloadRefusal] {
        let own = scope.ownAutoscaler?.name
        return listing.autoscalers.compactMap { there in
            let isInTheWay =
                there.scales(scope.candidateName)
                || (own == nil && there.name == scope.candidateName)
            guard isInTheWay, there.name != own, there.seal?.run != scope.run,
                stable?.name != scope.candidateName
            else { return nil }
            return WorkloadRefusal(
                .exists(differingAt: nil), place: "\(there.reference(like: .autoscaler))")
        }
    }

    private func kept(_ stable: KubernetesObject) -> [WorkloadRefusal] {
        guard !terms.mayBeKept else { return [] }
        var found: [WorkloadRefusal] = []
        if let steward = Steward(of: stable) {
            found.append(WorkloadRefusal(.kept(by: steward), place: place(.deployment, stable)))
        }
        if let autoscaler, let steward = Steward(of: autoscaler) {
            found.append(
                WorkloadRefusal(
                    .kept(by: steward), place: "\(autoscaler.reference(like: .autoscaler))"))
        }
        return found
    }

    private func numbers(_ stable: KubernetesObject) -> [WorkloadRefusal] {
        let place = place(.deployment, stable)
        var found: [WorkloadRefusal] = []
        let autoscalers = listing.autoscalers(of: stable.name)
        if autoscalers.count > 1 {
            let names = autoscalers.map(\.name).sorted()
            found.append(WorkloadRefusal(.severalAutoscalers(names), place: place))
        }
        if readyPods == 0, !terms.mayBeUnfit {
            found.append(WorkloadRefusal(.stableUnfit, place: place))
        }
        let needed = Capacity.floor(for: terms.highestWeight, stableReady: readyPods)
        if let bound = scope.ownAutoscaler ?? autoscaler, needed > bound.maxReplicas {
            found.append(
                WorkloadRefusal(
                    .tooMany(needed: needed, maximum: bound.maxReplicas),
                    place: "\(bound.reference(like: .autoscaler))"))
        }
        return found
    }
}

/// Whether an object of the manifest is what stands there already.
enum Sameness {
    /// The first place at which the manifest says what the object does not; nil: there is none.
    static func firstDifference(_ wanted: KubernetesObject, _ there: KubernetesObject)
        -> String?
    {
        for member in wanted.tree.members ?? [:] {
            switch member.key {
            case "apiVersion", "kind", "status": continue
            case "metadata":
                for part in ["labels", "annotations"] {
                    let said = wanted.tree.at("metadata", part) ?? .null
                    if !said.isWithin(there.tree.at("metadata", part)) {
                        return "metadata.\(part)"
                    }
                }
            default:
                let found = there.tree[member.key]
                if !member.value.isWithin(found) {
                    return first(member.value, found, at: member.key)
                }
            }
        }
        return nil
    }

    /// The deepest place that holds the difference.
    private static func first(_ wanted: JSONTree, _ there: JSONTree?, at path: String)
        -> String
    {
        if case .object(let members) = wanted, there?.members != nil {
            for member in members where !member.value.isWithin(there?[member.key]) {
                return first(member.value, there?[member.key], at: "\(path).\(member.key)")
            }
        }
        return path
    }
}
