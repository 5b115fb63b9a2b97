internal import JSONTree
internal import Manifests

/// Whose pods each Service of the namespace selects, by their names; the flow's own service left
/// out.
///
/// Those that the candidate's manifest brings count as if they were there.
package struct ServiceSelections: Sendable {
    /// Stable's pods, and no other Deployment's.
    package private(set) var stable: [String] = []
    package private(set) var candidate: [String] = []
    /// Pods of several Deployments.
    package private(set) var shared: [String] = []
    /// Pods of some other Deployment alone.
    package private(set) var foreign: [String] = []

    private let services: [KubernetesObject]

    /// No Service but the flow's selects anybody's pods.
    package var isEmpty: Bool { (stable + candidate + shared + foreign).isEmpty }

    init(_ scope: WorkloadScope, _ listing: WorkloadListing, stable: KubernetesObject?) {
        let brought = scope.candidateObjects.filter { $0.kind == ResourceKind.service.kind }
        services =
            brought
            + listing.services.filter { there in !brought.contains { $0.name == there.name } }
        let others = listing.deployments.filter {
            $0.name != stable?.name && $0.name != scope.candidateName
        }
        for service in services where service.name != scope.service {
            guard let selector = LabelSelector(service: service) else { continue }
            let meant = (
                selector.matches(stable?.templateLabels),
                selector.matches(scope.candidate.templateLabels),
                others.contains { selector.matches($0.templateLabels) }
            )
            switch meant {
            case (true, false, false): self.stable.append(service.name)
            case (false, true, false): candidate.append(service.name)
            case (false, false, true): foreign.append(service.name)
            case (false, false, false): continue
            default: shared.append(service.name)
            }
        }
    }

    /// The Services that nobody answers once a Deployment is gone, the flow's own left out.
    ///
    /// Ready pods of it answer now, and no others.
    static func answered(
        onlyBy going: KubernetesObject?, besides staying: JSONTree?, _ listing: WorkloadListing,
        of scope: WorkloadScope
    ) -> [KubernetesObject] {
        guard let going else { return [] }
        let own = listing.pods(of: going).filter(\.isReadyPod)
        let others = listing.pods.filter { pod in
            pod.isReadyPod && !own.contains { $0.name == pod.name }
        }
        func labels(_ pod: KubernetesObject) -> JSONTree? { pod.tree.at("metadata", "labels") }
        return listing.services.filter { service in
            guard service.name != scope.service, let selector = LabelSelector(service: service),
                !selector.matches(staying)
            else { return false }
            return own.contains { selector.matches(labels($0)) }
                && !others.contains { selector.matches(labels($0)) }
        }
    }

    /// Refuses where users of stable's Service come by a port that the candidate's does not have.
    package func requirePorts(of stable: String, on candidate: String) throws(WorkloadRefusal) {
        func ports(_ name: String) -> [Int] {
            (services.first { $0.name == name }?.spec["ports"]?.items ?? [])
                .compactMap { $0["port"]?.whole }
        }
        let there = ports(candidate)
        guard let missing = ports(stable).first(where: { !there.contains($0) }) else { return }
        throw WorkloadRefusal(.portMissing(missing, of: stable), place: "Service \(candidate)")
    }
}
